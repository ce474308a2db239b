from django.apps import AppConfig


class ReflectionsConfig(AppConfig):
    name = "reflections"
    label = "reflections"
    verbose_name = "Reflections"

    def ready(self) -> None:
        """Register what this app shows and does on the ground floor."""
        from cohort.celery import every
        from cohort.outbox import news
        from cohort.people import demo
        from cohort.ui import cards, nav, prompts
        from reflections import cards as our_cards
        from reflections import demo as our_demo
        from reflections import logs, messages
        from reflections import prompts as our_prompts

        cards.register(our_cards.home_cards)
        nav.register(our_cards.places)
        prompts.register(our_prompts.evergreen)
        news.register(our_cards.what_is_new)
        messages.register()
        logs.install()
        demo.register(30, "reflections", our_demo.load)
        every(24 * 3600, "reflections.tasks.drop_old_links")
