"""Identity factors that two people and a lawyer's approval let a call use when choosing. No answer is read here.

What is approved, and its targets, anybody who sets targets may know. Who answered what is read by
:mod:`applications.representation.pool.identity` alone, in the worker.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from applications.form_definition.definition import Form
from applications.models import Call, FactorPolicy, RuleChange, Target
from applications.representation.targets import queries as targets_queries
from applications.representation.targets.queries import Factor, Preset, factors

COUNSEL_PROFILE = "counsel_approved"
CONSENT = "consent_choosing"  # the question of the form that asks for it; without a yes nothing is read
SETTING = "identity_may_choose"  # switches that question on


@dataclass(frozen=True)
class Approval:
    """One factor that may be used, by whose approval, and until when. ``version`` of its policy."""

    factor: str
    name: str
    counsel: str
    until: dt.date
    version: int


def in_force(call: Call) -> bool:
    """Whether an approval can hold at all: only one profile allows it, so other calls need no statement."""
    return call.policy_profile == COUNSEL_PROFILE


def today(call: Call) -> dt.date:
    return timezone.localdate(timezone=call.cohort.zone)


def standing(rows: QuerySet[Any], call: OuterRef | Any, factor: OuterRef | Any, day: dt.date) -> QuerySet[Any]:
    """``rows`` whose ``factor`` is approved on ``day`` for their call; the rule itself, as SQL.

    The newest version of the factor's policy says ``selection``, with a lawyer's approval that two people recorded and
    that has not run out; so does the newest version of the call's legal profile; and both are what the call lives by.
    """

    def newest(kind: str, **where: Any) -> Subquery:
        found = RuleChange.objects.filter(call=call, kind=kind, state=RuleChange.State.IN_FORCE, **where)
        return Subquery(found.order_by("-version").values("pk")[:1])

    lawyer = (
        RuleChange.objects.filter(needs_second=True, counsel_on__lte=day, counsel_until__gte=day)
        .exclude(counsel_name="")
        .exclude(counsel_note="")
    )
    return rows.annotate(rule_=newest("policy", factor=factor), profile_=newest("profile")).filter(
        Exists(lawyer.filter(pk=OuterRef("rule_"), value=FactorPolicy.Policy.SELECTION, identity=True)),
        Exists(lawyer.filter(pk=OuterRef("profile_"), value=COUNSEL_PROFILE)),
        Exists(
            FactorPolicy.objects.filter(
                call=call, factor=factor, policy=FactorPolicy.Policy.SELECTION, call__policy_profile=COUNSEL_PROFILE
            )
        ),
    )


def approvals(call: Call, known: Mapping[str, Factor] | None = None) -> list[Approval]:
    """What is approved today, in the form's order (one statement; none under other profiles, and the form's)."""
    if not in_force(call):
        return []
    known = factors(call) if known is None else known
    rows = RuleChange.objects.filter(call=call, kind="policy", state="in_force").order_by("factor", "-version")
    rows = standing(rows.distinct("factor"), OuterRef("call"), OuterRef("factor"), today(call))
    found = {row.factor: row for row in rows}
    return [
        Approval(name, factor.name, row.counsel_name, row.counsel_until, row.version)
        for name, factor in known.items()
        if factor.sealed and (row := found.get(name)) and row.counsel_until and row.version
    ]


def covers(call: Call, factor: Factor) -> bool:
    """Whether an identity factor is approved today (two statements at most)."""
    return factor.sealed and bool(approvals(call, {factor.id: factor}))


def usable(call: Call, known: Mapping[str, Factor]) -> list[Target]:
    """The targets of approved identity factors (one statement more than :func:`approvals`, where there are any)."""
    names = [one.factor for one in approvals(call, known)]
    return list(Target.objects.filter(call=call, factor__in=names)) if names else []


def preset(call: Call, known: Mapping[str, Factor]) -> Preset | None:
    """What the region suggests, with ranges for the identity factors that are approved today."""
    return targets_queries.preset(call, known, [known[one.factor] for one in approvals(call, known)])


def asks_consent(form: Form) -> bool:
    """Whether a form asks people to say yes to it. Without that question no identity factor can be approved."""
    question = form.questions.get(CONSENT)
    return question is not None and question.consent and question.show_if_setting == SETTING
