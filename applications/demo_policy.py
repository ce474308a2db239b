"""The demo's legal profile and policies, and one change that waits for a second coordinator."""

from __future__ import annotations

from applications.actions import ruling
from applications.models import Call, RuleChange
from cohort.people import demo


def load(stage: demo.Stage) -> None:
    """Choose for the call that is recruiting now what the form suggests. Does nothing where something is chosen."""
    coordinator = stage.people.get("coordinator1")
    for call in Call.objects.filter(cohort=stage.recruiting).select_related("cohort").order_by("created_at"):
        if not RuleChange.objects.filter(call=call).exists():
            ruling.adopt(call=call, actor=coordinator, reason=(
                "We receive federal money through the state. The form’s suggestions fit; read on a planning call."))


def register() -> None:
    demo.register(14, "policy", load)
