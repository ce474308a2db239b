"""Identity totals for the equity-data steward: which may be looked at now, and what was shown.

Two windows only (docs/facts.md, 4.2): factors with policy ``outreach`` while the call is open, of everyone who applied;
every factor with policy ``outreach`` or ``monitor`` once decisions are out. Never between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.apply.answers import agreed
from applications.models import Application, Call, FactorPolicy, FormVersion, IdentityAnswer, IdentityTotals, Offer
from cohort import small_numbers
from cohort.ui.charts import Bar, BarChart

Scope = IdentityTotals.Scope
ANY_OR_NONE = [[["ANY"], ["none"]]]


@dataclass(frozen=True)
class IdentityFactor:
    """One identity question of the frozen form, with its ladder and the words of its options."""

    factor: str
    question: str
    label: str
    ladder: Sequence[Sequence[Sequence[str]]]
    words: dict[str, str]


def identity_factors(call: Call) -> list[IdentityFactor]:
    """The identity questions of the call's newest form (one statement)."""
    form = FormVersion.objects.filter(call=call).order_by("-number").first()
    if form is None:
        return []
    ladders = form.definition.get("small_number_rule", {}).get("ladders", {})
    found = []
    for section in form.definition.get("sections", []):
        for question in section.get("questions", []):
            if question.get("visibility") != "equity_data" or not question.get("factor"):
                continue
            factor = question["factor"]
            found.append(
                IdentityFactor(
                    factor,
                    question["id"],
                    question.get("label", factor),
                    ladders.get(factor, ANY_OR_NONE),
                    {o["code"]: o["label"] for o in [*question.get("options", []), *question.get("extra_options", [])]},
                )
            )
    return found


def windows(call: Call, now: datetime) -> dict[str, list[str]]:
    """The factors that may be looked at now, by scope (one statement). Empty between the deadline and the letters."""
    policies = dict(FactorPolicy.objects.filter(call=call).values_list("factor", "policy"))
    outreach = [f for f, p in policies.items() if p == FactorPolicy.Policy.OUTREACH]
    monitor = [f for f, p in policies.items() if p == FactorPolicy.Policy.MONITOR]
    if call.takes_new(now):
        return {Scope.POOL: sorted(outreach)}
    if call.state in (Call.State.DECIDED, Call.State.ARCHIVED):
        return {Scope.POOL: sorted(outreach + monitor), Scope.COHORT: sorted(outreach + monitor)}
    return {}


def people_of(call: Call, scope: str) -> list[Any]:
    """The applications that a scope is about."""
    rows = Application.objects.filter(call=call, state=Application.State.SUBMITTED)
    if scope == Scope.COHORT:
        rows = rows.filter(offers__state=Offer.State.ACCEPTED)
    return list(rows.values_list("pk", flat=True))


def codes_by_person(question: str, applications: Sequence[Any]) -> list[small_numbers.Person]:
    """One set of codes per person who answered; who left it blank or preferred not to say is not in the list."""
    ticked: dict[Any, set[str]] = defaultdict(set)
    counted = agreed("consent_demographics", applications)  # nobody is counted who did not say yes to that
    rows = IdentityAnswer.objects.filter(question=question, application_id__in=counted, missing="")
    for application, code in rows.values_list("application_id", "code"):
        if code != "prefer_not":
            ticked[application].add(code)
    return [frozenset(codes) for codes in ticked.values()]


@dataclass(frozen=True)
class ShownTotals:
    factor: IdentityFactor
    scope: str
    scope_label: str
    taken: IdentityTotals | None
    chart: BarChart | None
    words: str


WHY = {
    "few": gettext_lazy("Too few people answered to show anything."),
    "response": gettext_lazy(
        "Fewer than seven in ten people answered, so totals would mislead and could point to a person."
    ),
    "cells": gettext_lazy("At least one group is too small to show, at every grouping."),
    "close": gettext_lazy("This group and one already shown differ by too few people."),
}


def shown(call: Call, now: datetime) -> list[ShownTotals]:
    """What the steward's page shows: every factor of the open window with its newest frozen table."""
    open_now = windows(call, now)
    factors = {f.factor: f for f in identity_factors(call)}
    newest: dict[tuple[str, str], IdentityTotals] = {}
    for row in IdentityTotals.objects.filter(call=call).order_by("number"):
        newest[row.factor, row.scope] = row
    rows = []
    for scope, names in open_now.items():
        for name in names:
            if name not in factors:
                continue
            taken = newest.get((name, scope))
            rows.append(
                ShownTotals(
                    factors[name],
                    scope,
                    str(Scope(scope).label),
                    taken,
                    _chart(factors[name], taken) if taken and taken.cells else None,
                    str(WHY[taken.why]) if taken and taken.why else "",
                )
            )
    return rows


SPECIAL_WORDS = {
    "WHITE_ONLY": gettext_lazy("White only"),
    "ONE_OR_MORE_OTHER_GROUPS": gettext_lazy("One or more other groups"),
    "WOMAN_ONLY": gettext_lazy("Woman only"),
    "MAN_ONLY": gettext_lazy("Man only"),
    "ANOTHER_OR_MORE_THAN_ONE": gettext_lazy("Another gender, or more than one"),
    "ANY": gettext_lazy("Any of them"),
}


def _chart(factor: IdentityFactor, taken: IdentityTotals) -> BarChart:
    def label(codes: Sequence[str]) -> str:
        return _(" or ").join(str(SPECIAL_WORDS.get(c, factor.words.get(c, c))) for c in codes)

    bars = [Bar(label=label(cell["codes"]), count=cell["count"]) for cell in taken.cells]
    summary = _("%(answered)s of %(asked)s people answered. One person can count in several groups.") % {
        "answered": taken.answered,
        "asked": taken.asked,
    }
    return BarChart(title=factor.label, summary=summary, bars=bars, total=taken.answered)
