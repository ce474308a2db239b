"""Reads about surveys: the frozen results as charts, the count that a room may see, and what notes were published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohort.people.models import Cohort
from cohort.ui.charts import Bar, BarChart
from sessions.models import HeardNote, Survey, SurveyAnswer
from sessions.surveys import questions
from sessions.surveys.questions import SurveyItem


@dataclass(frozen=True)
class ShownItem:
    """One item of the results page: its chart, and what stands beside it in words."""

    item: SurveyItem
    chart: BarChart | None
    words: list[str]


@dataclass(frozen=True)
class ShownComment:
    place: int
    text: str
    hidden: bool


def answers_in(survey: Survey) -> int:
    """How many sheets are in: the one number that the room may see."""
    if survey.state == Survey.State.OPEN:
        return SurveyAnswer.objects.filter(survey=survey).count()
    return survey.answered or 0


def _chart(item: SurveyItem, found: dict[str, Any], answered: int) -> BarChart | None:
    names = dict(item.choices) | dict(item.apart)
    bars = [
        Bar(
            label=_(" or ").join(str(names[code]) for code in cell["choices"]),
            count=cell["count"],
        )
        for cell in found["cells"]
    ]
    if not bars:
        return None
    most = max(bars, key=lambda bar: bar.count or 0)
    total = sum(bar.count or 0 for bar in bars) if item.kind == "ordered" else answered
    summary = _("%(count)s of %(total)s chose: %(label)s.") % {"count": most.count, "total": total, "label": most.label}
    return BarChart(title=str(item.text), summary=summary, bars=bars, total=total)


def shown(survey: Survey) -> list[ShownItem]:
    """The released items, ready to draw. Empty unless the survey is released."""
    if survey.state != Survey.State.RELEASED:
        return []
    by_key = {item.key: item for item in questions.items(survey.objectives)}
    rows = []
    for found in survey.results["items"]:
        item = by_key.get(found["key"])
        if item is None:
            continue
        words = []
        if found["all_similar"]:
            words.append(_("All answers were similar. In so small a group we say no more."))
        elif found["too_few"]:
            words.append(_("Too few answers to show."))
        for cell in found["aside"]:
            names = dict(item.apart)
            words.append(
                ngettext("%(n)s person: %(label)s.", "%(n)s people: %(label)s.", cell["count"])
                % {"n": cell["count"], "label": str(names[cell["choices"][0]])}
            )
        if found["others"]:
            words.append(_("Other answers were given too, each by fewer than three people."))
        rows.append(ShownItem(item, _chart(item, found, survey.results["answered"]), words))
    return rows


def comments(survey: Survey) -> list[ShownComment]:
    """Released comments in their random order, with those that facilitators hid."""
    hidden = set(survey.hidden_comments)
    return [ShownComment(n, text, n in hidden) for n, text in enumerate(survey.results.get("comments", []))]


def notes(cohort: Cohort, limit: int = 10) -> list[HeardNote]:
    """What facilitators told the group, newest first."""
    return list(
        HeardNote.objects.filter(survey__session__cohort=cohort)
        .select_related("survey__session")
        .order_by("-published_at")[:limit]
    )
