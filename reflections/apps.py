from django.apps import AppConfig


class ReflectionsConfig(AppConfig):
    name = "reflections"
    label = "reflections"
    verbose_name = "Reflections"

    def ready(self) -> None:
        """Register what this app shows and does on the ground floor."""
        from cohort.celery import app
        from cohort.outbox.registry import news
        from cohort.people import demo
        from cohort.ui import cards, nav, prompts
        from reflections import demo as our_demo
        from reflections import home
        from reflections.commitments import messages as commitments_messages
        from reflections.journal import logging
        from reflections.journal import messages as journal_messages
        from reflections.journal import prompts as journal_prompts

        cards.register(home.home_cards)
        nav.register(home.places)
        prompts.register(journal_prompts.evergreen)
        news.register(home.what_is_new)
        journal_messages.register()
        commitments_messages.register()
        logging.install()
        demo.register(30, "reflections", our_demo.load)
        app.autodiscover_tasks(["reflections.journal"])
