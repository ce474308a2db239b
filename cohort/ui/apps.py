from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "cohort.ui"
    label = "ui"

    def ready(self) -> None:
        """Old form keys go by themselves."""
        from cohort.celery import every

        every(24 * 3600, "ui.forget_form_keys")
