from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions"
    label = "program_sessions"
    verbose_name = "Sessions"

    def ready(self) -> None:
        """Register what this app shows and does on the ground floor."""
        from cohort.celery import app
        from sessions import demo, home, integration
        from sessions.live import publish
        from sessions.messages import register
        from sessions.planning import calendar_feed
        from sessions.surveys import home as surveys

        home.register()
        publish.register()
        register.register()
        integration.register()
        demo.register()
        calendar_feed.register()
        surveys.register()
        app.autodiscover_tasks(["sessions.surveys"])
