from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"
    label = "applications"
    verbose_name = "Applications"

    def ready(self) -> None:
        """Register what this app shows and does on the ground floor.

        Every module named here has a ``register()``. A new part of the app adds its module to this one list.
        """
        from importlib import import_module

        parts = (
            "board_beat",
            "cards",
            "cards_policy",
            "cards_call",
            "cards_review",
            "cards_steward",
            "demo",
            "demo_board",
            "demo_call",
            "demo_examples",
            "demo_form",
            "demo_policy",
            "demo_review",
            "demo_scenarios",
            "kept",
            "messages",
            "messages_editor",
            "messages_call",
            "messages_applicant",
            "messages_reading",
            "messages_review",
            "messages_policy",
        )
        for part in parts:
            import_module(f"applications.{part}").register()
