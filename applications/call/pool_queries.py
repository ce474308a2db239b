"""What coordinators see of the pool while a call is open: totals, days, drafts and where people come from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import CharField, Count, Exists, Max, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from applications.call import queries
from applications.common import call_forms
from applications.models import Answer, Application, Call
from cohort.outbox.models import Message, State
from cohort.people.models import HistoryEntry
from cohort.ui import charts, times

HEARD = "heard_from"


@dataclass(frozen=True)
class Drafts:
    """Unsent applications: all, those edited within three days, those whose writer wants reminding, those reminded."""

    total: int
    fresh: int
    wanted: int
    reminded: int

    @property
    def left(self) -> int:
        """How many want a reminder and have not had it."""
        return max(self.wanted - self.reminded, 0)


def drafts(call: Call, now: dt.datetime) -> Drafts:
    """Unsent applications in numbers (two statements). Nothing of what they hold is read."""
    mine = Application.objects.filter(call=call, state=Application.State.DRAFT)
    found = mine.aggregate(
        total=Count("pk"),
        wanted=Count("pk", filter=Q(remind=True)),
        fresh=Count("pk", filter=Q(edited_at__gte=now - dt.timedelta(days=3))),
    )
    key = Concat(Value("app_draft:"), Cast("pk", CharField()), Value(":2"))  # as reminding.remind_drafts makes it
    had = Message.objects.filter(key=OuterRef("reminder")).exclude(state=State.CANCELLED)
    reminded = mine.filter(remind=True).annotate(reminder=key).filter(Exists(had)).count()
    return Drafts(**found, reminded=reminded)


def last_reminded(call: Call) -> dt.datetime | None:
    """When a coordinator last reminded people of their drafts."""
    found = HistoryEntry.objects.filter(verb="call.drafts_reminded", object_id=str(call.pk))
    return found.aggregate(at=Max("at"))["at"]


def day_charts(call: Call, pool: queries.PoolTotals) -> list[charts.ColumnChart]:
    """Started and sent by day, and all that were sent so far."""
    if not pool.days:
        return []
    words = [times.day_words(day, weekday=False, year=False) for day, _started, _sent in pool.days]
    zone = times.zone_words(call.cohort.zone)
    best = max(pool.days, key=lambda row: row[2])
    return [
        charts.ColumnChart(
            title=_("Started by day"),
            summary=_("%(total)s people started an application. Days are in %(zone)s.")
            % {"total": pool.total, "zone": zone},
            points=[charts.Point(word, row[1]) for word, row in zip(words, pool.days, strict=True)],
        ),
        charts.ColumnChart(
            title=_("Sent by day"),
            summary=_("%(sent)s were sent, most of them (%(most)s) on %(day)s.")
            % {"sent": pool.sent, "most": best[2], "day": times.day_words(best[0])},
            points=[charts.Point(word, row[2]) for word, row in zip(words, pool.days, strict=True)],
        ),
    ]


def heard(call: Call) -> charts.BarChart | None:
    """How people say that they heard of the call, of those who sent an application (one statement and the form)."""
    form = call_forms.form_for_call(call)
    question = form.questions.get(HEARD)
    if question is None:
        return None
    rows = Answer.objects.filter(question=HEARD, application__call=call, application__state=Application.State.SUBMITTED)
    # PostgreSQL finds a code in a list of codes as in a code alone; own words stand beside codes in an object
    counted = rows.aggregate(
        people=Count("pk"),
        **{
            f"n{place}": Count("pk", filter=Q(value__contains=option.code) | Q(value__codes__contains=option.code))
            for place, option in enumerate(question.options)
        },
    )
    people = counted["people"]
    if not people:
        return None
    return charts.BarChart(
        title=_("How people heard of the call"),
        summary=_("%(n)s people said how they heard of the call. Each could choose more than one.") % {"n": people},
        bars=[charts.Bar(option.label, counted[f"n{place}"]) for place, option in enumerate(question.options)],
        total=people,
    )
