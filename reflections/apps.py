from django.apps import AppConfig


class ReflectionsConfig(AppConfig):
    name = "reflections"
    label = "reflections"
    verbose_name = "Reflections"

    def ready(self) -> None:
        """Register what this app shows and does on the ground floor."""
