"""The demo's policies and targets: what Northwest Washington suggests, so that the board means something."""

from __future__ import annotations

from applications.models import Call, Target
from applications.representation.policy import actions as policy_actions
from cohort.people import demo
from cohort.people.models import User


def load(stage: demo.Stage) -> None:
    """Set the region's ranges for the call that is choosing people now, and ask for one change that waits for a second
    coordinator. Does nothing where targets are set."""
    coordinator = stage.people.get("coordinator1")
    for call in Call.objects.filter(cohort=stage.recruiting).select_related("cohort").order_by("created_at"):
        if not Target.objects.filter(call=call).exists():
            policy_actions.start_targets(call=call, actor=coordinator)
            _ask(call, coordinator)


def _ask(call: Call, coordinator: User | None) -> None:
    island = Target.objects.filter(call=call, factor="geography", code="island").first()
    if island is None or coordinator is None or call.state == Call.State.DRAFT:
        return
    fields = {
        "label": island.label,
        "values": island.values,
        "floor": island.floor,
        "ceiling": island.ceiling + 1,
        "ideal100": island.ideal100,
        "priority": island.priority,
        "reason": "More people from Island County applied than we thought, and two serve San Juan as well.",
    }
    policy_actions.change_target(
        call=call, target=island, factor="geography", fields=fields, actor=coordinator, reason=fields["reason"]
    )


def register() -> None:
    demo.register(15, "board", load)
