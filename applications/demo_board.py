"""The demo's policies and targets: what Northwest Washington suggests, so that the board means something."""

from __future__ import annotations

from applications.actions import balancing
from applications.models import Call, Target
from cohort.people import demo


def load(stage: demo.Stage) -> None:
    """Set the region's ranges for the call that is choosing people now. Does nothing where targets are set."""
    coordinator = stage.people.get("coordinator")
    for call in Call.objects.filter(cohort=stage.recruiting).select_related("cohort").order_by("created_at"):
        if not Target.objects.filter(call=call).exists():
            balancing.apply_preset(call=call, actor=coordinator)


def register() -> None:
    demo.register(15, "board", load)
