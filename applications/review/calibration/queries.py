"""Reading the same examples first: what a reader sees of them, who has sent, and how far apart the readers are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from applications.common.access_staff import examples_for
from applications.common.call_forms import facts_file, form_for_call
from applications.common.placeholders import facts_for
from applications.form_definition.dialect import TEXTS
from applications.models import Application, Calibration, Call, Example, ExampleReading, Recusal
from applications.review import blind_queries
from applications.review import queries as review_queries
from cohort.people.access import cohorts_of, members
from cohort.people.models import Role, User
from cohort.questions.text import fill
from cohort.questions.values import said


def invented() -> dict[str, dict[str, Any]]:
    """The examples that come with the rubric, by their id (facts/examples.yaml)."""
    return {row["id"]: row for row in facts_file("examples.yaml")["examples"]}


def agreed_note(call: Call) -> str:
    """What readers agreed on when they talked about the examples (one statement)."""
    return Calibration.objects.filter(call=call).values_list("note", flat=True).first() or ""


# ---------------------------------------------------------------- one reader


@dataclass
class MyExample:
    """One example in a reader's list; ``sent`` is whether their levels are in."""

    example: Example
    started: bool
    sent: bool


@dataclass
class Start:
    """How the shared start of one call stands for one reader."""

    calibration: Calibration
    examples: list[MyExample]

    @property
    def sent_all(self) -> bool:
        return all(mine.sent for mine in self.examples)

    @property
    def closed(self) -> bool:
        """Whether the reader's own queue is still closed: examples to score, or the talk is to come."""
        return self.calibration.state != Calibration.State.OVER or not self.sent_all

    @property
    def following(self) -> Example | None:
        return next((mine.example for mine in self.examples if not mine.sent), None)


def starts(user: User) -> dict[UUID, Start]:
    """The shared start of each call that ``user`` reads for, while it can be read (three statements at most)."""
    running = Calibration.objects.filter(
        call__cohort__in=cohorts_of(user, Role.SCREENER), call__state__in=[Call.State.OPEN, Call.State.CLOSED]
    )
    found = {row.call_id: Start(calibration=row, examples=[]) for row in running.select_related("call__cohort")}
    if not found:
        return {}
    readings = ExampleReading.objects.filter(reader=user, example__calibration__call__in=found)
    mine = {row.example_id: row for row in readings}
    for example in examples_for(user).filter(calibration__call__in=found).select_related("calibration"):
        reading = mine.get(example.pk)
        found[example.calibration.call_id].examples.append(
            MyExample(example, started=reading is not None, sent=bool(reading and reading.sent_at))
        )
    return found


def paper_of(example: Example) -> blind_queries.BlindPaper:
    """What readers see of an example: the blind reading of a real application, or the invented answers."""
    if example.application is not None:
        paper = blind_queries.paper_for_reader(example.application)
        return blind_queries.BlindPaper(reference=example.name, parts=paper.parts)
    call = example.calibration.call
    form, facts = form_for_call(call), facts_for(call)
    answers = invented().get(example.key, {}).get("answers", {})
    parts = []
    for section in form.sections:
        rows = tuple(
            blind_queries.ShownAnswer(question.id, fill(question.label, facts), text=str(answers[question.id]))
            if question.type in TEXTS
            else blind_queries.ShownAnswer(
                question.id,
                fill(question.label, facts),
                lines=tuple(fill(line, facts) for line in said(question, answers[question.id])),
            )
            for question in section.questions
            if question.visibility == "reviewer" and question.id in answers
        )
        if rows:
            parts.append(blind_queries.Part(title=section.title, answers=rows))
    return blind_queries.BlindPaper(reference=example.name, parts=tuple(parts))


def look_for(example: Example) -> str:
    return str(invented().get(example.key, {}).get("look_for", ""))


def rows_for(definition: Mapping[str, Any], reading: ExampleReading | None) -> list[review_queries.CriterionRow]:
    """The rubric with this reader's levels for an example filled in."""
    rows = review_queries.criteria(definition)
    for row in rows:
        mark = (reading.marks if reading else {}).get(row.id, {})
        row.level, row.cannot_judge = mark.get("level"), bool(mark.get("cannot_judge"))
        row.comment = mark.get("comment", "")
    return rows


# ---------------------------------------------------------------- how far apart


@dataclass
class Spread:
    """One criterion: how many readers chose each level, without names. ``own`` is the level of the one who looks."""

    title: str
    counts: list[tuple[int, int]]
    cannot_judge: int
    own: int | None

    @property
    def levels(self) -> list[int]:
        return [level for level, count in self.counts for _one in range(count)]

    @property
    def apart(self) -> int:
        """Highest minus lowest level."""
        return max(self.levels) - min(self.levels) if self.levels else 0

    @property
    def words(self) -> str:
        """How far apart in words; empty while fewer than two readers chose a level."""
        if len(self.levels) < 2:
            return ""
        return {0: _("all agree"), 1: _("close")}.get(self.apart, _("far apart: talk about it"))


def spread(example: Example, definition: Mapping[str, Any], user: User) -> list[Spread]:
    """How the sent readings of ``example`` lie, by criterion (one statement, or none when they are prefetched).
    Whether ``user`` may see it is :func:`may_see_spread`."""
    sent = [(reading.reader_id, reading.marks) for reading in example.readings.all() if reading.sent_at]
    own = next((marks for reader, marks in sent if reader == user.pk), None)
    rows = []
    for item in definition["criteria"]:
        given = [marks.get(item["id"], {}) for _reader, marks in sent]
        counts = Counter(mark.get("level") for mark in given)
        rows.append(
            Spread(
                title=item["title"],
                counts=[(level, counts[level]) for level in range(1, 6)],
                cannot_judge=sum(bool(mark.get("cannot_judge")) for mark in given),
                own=own.get(item["id"], {}).get("level") if own else None,
            )
        )
    return rows


def may_see_spread(example: Example, user: User, *, reads: bool) -> bool:
    """Nobody who is to score an example sees what others gave before sending their own."""
    if not reads:
        return True
    return any(reading.sent_at for reading in example.readings.all() if reading.reader_id == user.pk)


# ---------------------------------------------------------------- for coordinators


@dataclass
class ReaderStart:
    user: User
    sent: int
    asked: int


@dataclass
class Overview:
    """Who has sent what, and for each example how many are in."""

    readers: list[ReaderStart]
    examples: list[tuple[Example, int]]

    @property
    def waiting(self) -> int:
        return sum(row.sent < row.asked for row in self.readers)


def overview(calibration: Calibration) -> Overview:
    """Progress of the shared start (five statements, whatever the number of readers)."""
    call = calibration.call
    examples = list(calibration.examples.select_related("application").prefetch_related("readings"))
    people = [row.user for row in members(call.cohort, Role.SCREENER).order_by("user__name", "user__email")]
    sent = {(one.pk, reading.reader_id) for one in examples for reading in one.readings.all() if reading.sent_at}
    real = [example.application_id for example in examples if example.application_id]
    away = set(Recusal.objects.keeping_away().filter(application__in=real).values_list("application_id", "person_id"))
    applying = set(
        Application.objects.filter(call=call, applicant__in=people)
        .exclude(state=Application.State.WITHDRAWN)
        .values_list("applicant_id", flat=True)
    )
    rows = []
    for person in people:
        if person.pk in applying:
            continue
        asked = {
            example.pk
            for example in examples
            if example.application is None
            or (
                example.application.state == Application.State.SUBMITTED
                and (example.application_id, person.pk) not in away
            )
        }
        rows.append(ReaderStart(person, sum((pk, person.pk) in sent for pk in asked), len(asked)))
    inside = Counter(example for example, _reader in sent)
    return Overview(readers=rows, examples=[(example, inside[example.pk]) for example in examples])
