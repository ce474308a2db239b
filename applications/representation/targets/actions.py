"""Targets and rules of one call: what a proposal is made from. Every change is in the history.

Targets and limits are changed through :mod:`.ruling`, which asks for a second person where one is needed.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application, Call, KeepApart, Pin, SelectionRules, Target
from applications.representation.targets import approvals, queries
from cohort.people import history
from cohort.people.models import User
from cohort.people.states import NotPossible


@transaction.atomic
def apply_preset(*, call: Call, actor: User | None) -> int:
    """Replace the call's targets by those its region suggests. Returns how many there are.

    :raises NotPossible: nothing is known for this region.
    """
    found = approvals.preset(call, queries.factors(call))
    if found is None:
        raise NotPossible(_("There is no set of ranges for this region yet. You can type your own."))
    Target.objects.filter(call=call).delete()
    Target.objects.bulk_create(
        [
            Target(
                call=call,
                factor=s.factor,
                code=s.code,
                label=s.label,
                values=list(s.values),
                floor=s.floor,
                ideal100=s.ideal100,
                ceiling=s.ceiling,
                priority=s.priority,
                reason=s.reason,
                position=position,
            )
            for position, s in enumerate(found.targets)
        ]
    )
    if found.org_cap:
        SelectionRules.objects.update_or_create(
            call=call,
            defaults={"org_cap": found.org_cap, "org_cap_hard": found.org_cap_hard, "org_max": found.org_max or 0},
        )
    history.record(
        "call.targets_preset",
        call,
        actor=actor,
        cohort=call.cohort,
        region=call.cohort.region,
        targets=len(found.targets),
    )
    return len(found.targets)


def check_target(*, call: Call, factor: str, target: Target | None, values: list[str]) -> str:
    """The code of a target for these answers.

    :raises NotPossible: the factor may not be used, or the same answers have a target already.
    """
    known = queries.factors(call).get(factor)
    if known is None or not (known.chooses or approvals.covers(call, known)):
        raise NotPossible(_("Answers to this question are never used to choose people."))
    code = "_".join(values)[:60]
    twins = Target.objects.filter(call=call, factor=factor, code=code)
    if (twins.exclude(pk=target.pk) if target else twins).exists():
        raise NotPossible(_("There is a target for these answers already. Change that one."))
    return code


@transaction.atomic
def save_target(*, call: Call, actor: User | None, target: Target | None, factor: str, **fields: Any) -> Target:
    """Make or change one target. ``fields``: label, values, floor, ideal100, ceiling, priority, reason.

    :raises NotPossible: the factor may not be used, or the same answers have a target already.
    """
    code = check_target(call=call, factor=factor, target=target, values=fields["values"])
    before = _numbers(target) if target else None
    if target is None:
        last = Target.objects.filter(call=call).aggregate(last=Max("position"))["last"]
        target = Target(call=call, factor=factor, position=0 if last is None else last + 1)
    target.code = code
    for name, value in fields.items():
        setattr(target, name, value)
    target.save()
    history.record(
        "call.target_saved",
        call,
        actor=actor,
        cohort=call.cohort,
        factor=factor,
        code=code,
        before=before,
        after=_numbers(target),
    )
    return target


def _numbers(target: Target) -> list[int]:
    return [target.floor, target.ideal100, target.ceiling, target.priority]


@transaction.atomic
def remove_target(*, target: Target, actor: User | None) -> None:
    history.record(
        "call.target_removed",
        target.call,
        actor=actor,
        cohort=target.call.cohort,
        factor=target.factor,
        code=target.code,
        before=_numbers(target),
    )
    target.delete()


@transaction.atomic
def save_rules(
    *, call: Call, actor: User | None, org_cap: int, org_cap_hard: bool, lottery_seed: str, org_max: int = 0
) -> SelectionRules:
    """Change how many people one organization may have, and the published seed of the draw.

    Coordinators do this through :func:`.ruling.change_limits`, which asks for a second person where one is needed.
    """
    rules, _made = SelectionRules.objects.update_or_create(
        call=call,
        defaults={"org_cap": org_cap, "org_cap_hard": org_cap_hard, "org_max": org_max, "lottery_seed": lottery_seed},
    )
    history.record(
        "call.rules_saved",
        call,
        actor=actor,
        cohort=call.cohort,
        org_cap=org_cap,
        org_cap_hard=org_cap_hard,
        org_max=org_max,
        seed=lottery_seed,
    )
    return rules


@transaction.atomic
def pin(*, application: Application, inside: bool, reason: str, actor: User) -> Pin:
    """Keep an application in (or out of) the next proposals, with the reason. A later pin replaces an earlier one.

    :raises NotPossible: no reason, or the application was not sent.
    """
    if not reason.strip():
        raise NotPossible(_("Say why."))
    if application.state != Application.State.SUBMITTED:
        raise NotPossible(_("This application has not been sent, or was withdrawn."))
    row, _made = Pin.objects.update_or_create(
        application=application,
        defaults={
            "call": application.call,
            "inside": inside,
            "reason": reason.strip()[:300],
            "by": actor,
            "at": timezone.now(),
        },
    )
    history.record("application.pinned", application, actor=actor, cohort=application.call.cohort, inside=inside)
    return row


@transaction.atomic
def unpin(*, row: Pin, actor: User) -> None:
    history.record("application.unpinned", row.application, actor=actor, cohort=row.call.cohort, inside=row.inside)
    row.delete()


@transaction.atomic
def keep_apart(*, call: Call, first: Application, second: Application, reason: str, actor: User) -> KeepApart:
    """Keep two applications from both being proposed.

    :raises NotPossible: they are one and the same, from another call, or kept apart already.
    """
    if first.pk == second.pk:
        raise NotPossible(_("Choose two different applications."))
    if {first.call_id, second.call_id} != {call.pk}:
        raise NotPossible(_("Both applications must be in this call."))
    one, two = sorted([first, second], key=lambda application: application.number)
    try:
        with transaction.atomic():
            row = KeepApart.objects.create(call=call, first=one, second=two, reason=reason.strip()[:300])
    except IntegrityError as twice:
        raise NotPossible(_("These two are kept apart already.")) from twice
    history.record("call.kept_apart", call, actor=actor, cohort=call.cohort, applications=[str(one.pk), str(two.pk)])
    return row


@transaction.atomic
def let_together(*, row: KeepApart, actor: User) -> None:
    history.record(
        "call.let_together",
        row.call,
        actor=actor,
        cohort=row.call.cohort,
        applications=[str(row.first_id), str(row.second_id)],
    )
    row.delete()
