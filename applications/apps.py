from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"
    label = "applications"
    verbose_name = "Applications"

    def ready(self) -> None:
        """Register what this app shows and does on the ground floor."""
