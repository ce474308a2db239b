from django.apps import AppConfig

#: Every module with a ``register()``. A new room adds its modules here.
PARTS = (
    "call.home",
    "call.messages",
    "form_editor.messages",
    "apply.home",
    "apply.messages",
    "apply.resume_messages",
    "retention.messages",
    "review.home",
    "review.messages",
    "review.listeners",
    "representation.policy.home",
    "representation.policy.messages",
    "representation.policy.listeners",
    "decisions.home",
    "decisions.messages",
    "decisions.information_requests.messages",
    "offers.home",
    "offers.messages",
    "offers.onboarding.messages",
    "records.identity_totals.home",
    "demo.apply",
    "demo.calibration",
    "demo.call",
    "demo.form",
    "demo.policy",
    "demo.proposals",
    "demo.review",
    "demo.targets",
)
#: Rooms with a ``tasks`` module, which workers load.
WITH_TASKS = ("call", "retention", "representation.outreach", "representation.proposals", "decisions", "offers")


class ApplicationsConfig(AppConfig):
    name = "applications"
    label = "applications"
    verbose_name = "Applications"

    def ready(self) -> None:
        """Register what this app shows and does on the ground floor."""
        from importlib import import_module

        from cohort.celery import app

        for part in PARTS:
            import_module(f"applications.{part}").register()
        app.autodiscover_tasks([f"applications.{room}" for room in WITH_TASKS])
