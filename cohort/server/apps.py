from django.apps import AppConfig


class ServerConfig(AppConfig):
    name = "cohort.server"
    label = "server"

    def ready(self) -> None:
        """Make Celery's application the one that ``shared_task`` finds."""
        from cohort import celery  # noqa: F401
