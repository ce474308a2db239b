from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions"
    label = "program_sessions"
    verbose_name = "Sessions"

    def ready(self) -> None:
        """Register what this app shows and does on the ground floor."""
        from sessions import demo, feed, home, meetings, messages
        from sessions.surveys import home as surveys

        home.register()
        messages.register()
        meetings.register()
        demo.register()
        feed.register()
        surveys.register()  # the lead's part: keep these lines
