"""The demo's legal profile and policies, and two people who call one organization by two names."""

from __future__ import annotations

from applications.models import Answer, Application, Call, RuleChange
from applications.representation.policy import actions as policy_actions
from cohort.people import demo
from cohort.people.models import Organization


def load(stage: demo.Stage) -> None:
    """Choose for the call that is recruiting now what the form suggests. Does nothing where something is chosen."""
    coordinator = stage.people.get("coordinator1")
    for call in Call.objects.filter(cohort=stage.recruiting).select_related("cohort").order_by("created_at"):
        if not RuleChange.objects.filter(call=call).exists():
            policy_actions.adopt(
                call=call,
                actor=coordinator,
                reason=(
                    "We receive federal money through the state. The form’s suggestions fit; read on a planning call."
                ),
            )
            _other_name(call)


def _other_name(call: Call) -> None:
    """One of two colleagues calls their hospital by its words in another order, as people do."""
    theirs = Application.objects.filter(
        call=call, state=Application.State.SUBMITTED, organization__name="Snohomish Regional Hospital"
    )
    last = theirs.order_by("number").last()
    if last is None or theirs.count() < 2:
        return
    name = "Regional Hospital of Snohomish"
    last.organization = Organization.objects.get_or_create(name=name)[0]
    last.save(update_fields=["organization"])
    Answer.objects.filter(application=last, question="org_name").update(value=name)


def register() -> None:
    demo.register(14, "policy", load)
