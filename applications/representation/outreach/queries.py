"""Who is still missing while a call is open: totals and words from selection answers, under the small-number rule.

Identity answers are not read here; they have the steward's windows. Counts are those of the last midnight where the
cohort is, so that nobody can watch one application arrive. When these totals stand and when exact ones do:
:mod:`.counting`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from applications.common import lists_in_words
from applications.models import Answer, Application, Call, Target
from applications.representation.targets import queries as targets_queries
from cohort import small_numbers
from cohort.questions.values import codes_of
from cohort.ui.charts import Bar, BarChart

MISSING, FEW, ENOUGH = "missing", "few", "enough"


@dataclass(frozen=True)
class ApplicantKind:
    """One kind of applicant and how the pool stands: ``missing``, ``few`` to choose from, or ``enough``."""

    label: str
    state: str


@dataclass(frozen=True)
class FactorView:
    """One factor: its kinds, and a chart where every group is large enough to be counted."""

    name: str
    kinds: Sequence[ApplicantKind]
    chart: BarChart | None

    @property
    def missing(self) -> list[str]:
        return [kind.label for kind in self.kinds if kind.state == MISSING]

    @property
    def few(self) -> list[str]:
        return [kind.label for kind in self.kinds if kind.state == FEW]


@dataclass(frozen=True)
class Outreach:
    """Totals as of ``since`` (midnight); ``sent`` applications counted."""

    since: datetime
    sent: int
    factors: Sequence[FactorView]
    labels: Mapping[tuple[str, str], str]

    def together(self, answer: Mapping[str, Any]) -> list[str]:
        """What each further applicant would bring, one line each (see ``actions.outreach.missing_together``)."""
        return [
            lists_in_words.listed([self.labels.get((f, code), code) for f, code in asks]) or _("anybody")
            for asks in answer.get("asks", [])
        ]

    @property
    def missing(self) -> list[tuple[str, list[str]]]:
        """Kinds that are missing, by factor."""
        return [(view.name, view.missing) for view in self.factors if view.missing]

    @property
    def few(self) -> list[tuple[str, list[str]]]:
        return [(view.name, view.few) for view in self.factors if view.few]


def midnight(call: Call, now: datetime) -> datetime:
    """The last midnight where the cohort is."""
    return now.astimezone(call.cohort.zone).replace(hour=0, minute=0, second=0, microsecond=0)


def outreach(call: Call, now: datetime) -> Outreach:
    """What the pool of a call lacks, at the last midnight of its cohort (four statements, whatever its size)."""
    since = midnight(call, now)
    known = targets_queries.factors(call)
    usable = targets_queries.usable(call, known)
    sent = Application.objects.filter(call=call, state=Application.State.SUBMITTED, submitted_at__lt=since).exclude(
        eligibility=Application.Eligibility.INELIGIBLE
    )
    people = set(sent.values_list("pk", flat=True))
    questions = {known[target.factor].question.id: target.factor for target in usable}
    answers: dict[str, list[small_numbers.Person]] = {}
    rows = Answer.objects.for_balance().filter(
        application__call=call, application__state=Application.State.SUBMITTED, question__in=list(questions)
    )
    for application, question, value in rows.values_list("application_id", "question", "value"):
        codes = frozenset(codes_of(value))
        if application in people and codes:
            answers.setdefault(questions[question], []).append(codes)
    groups: dict[str, list[Target]] = {}
    for target in usable:
        groups.setdefault(target.factor, []).append(target)
    return Outreach(
        since,
        len(people),
        [_factor(known[factor].name, mine, answers.get(factor, []), len(people)) for factor, mine in groups.items()],
        {(target.factor, target.code): target.label for target in usable},
    )


def _factor(name: str, mine: Sequence[Target], people: Sequence[small_numbers.Person], asked: int) -> FactorView:
    kinds = []
    for target in mine:
        count = sum(small_numbers.in_cell(person, target.values) for person in people)
        kinds.append(ApplicantKind(target.label, _state(target, count)))
    table = small_numbers.publish_whole(people, [[target.values for target in mine]], asked=asked)
    if isinstance(table, small_numbers.Nothing):
        return FactorView(name, kinds, None)
    bars = [Bar(target.label, cell.count) for target, cell in zip(mine, table.cells, strict=True)]
    summary = _("%(answered)s of %(asked)s applications answer this. One can count in several groups.") % {
        "answered": table.answered,
        "asked": asked,
    }
    return FactorView(name, kinds, BarChart(name, summary, bars, table.answered))


def _state(target: Target, count: int) -> str:
    """``missing``: not even the floor could be met. ``few``: fewer than two for each seat of the ideal."""
    if count < target.floor:
        return MISSING
    return FEW if 100 * count < 2 * target.ideal100 else ENOUGH
