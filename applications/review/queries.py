"""Scores, and what a reader sees of their own work. What they may read is in :mod:`.blind`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from applications.models import Application, Call, CriterionScore, Recusal, Review, RubricVersion
from applications.review import scoring
from cohort.people.access import cohorts_of
from cohort.people.models import Role, User


def rubric_definition(call: Call) -> dict[str, Any]:
    """The rubric that ``call`` is judged by (its newest frozen version; one statement).

    :raises LookupError: the call has none, so nothing can be scored.
    """
    version = RubricVersion.objects.filter(call=call).order_by("-number").first()
    if version is None:
        raise LookupError("This call has no rubric.")
    return version.definition


def rubric(call: Call) -> scoring.Rubric:
    return scoring.rubric_from(rubric_definition(call))


# ---------------------------------------------------------------- scores


def _sums(call: Call) -> dict[UUID, dict[str, tuple[int, int]]]:
    """``{application: {criterion: (sum of levels, how many judged)}}`` over sent reviews (one statement)."""
    rows = (
        CriterionScore.objects.filter(
            review__application__call=call, review__state=Review.State.SUBMITTED, level__isnull=False
        )
        .values_list("review__application_id", "criterion")
        .annotate(summed=Sum("level"), judged=Count("id"))
        .order_by()
    )
    found: dict[UUID, dict[str, tuple[int, int]]] = defaultdict(dict)
    for application, criterion, summed, judged in rows:
        found[application][criterion] = (summed, judged)
    return found


Levels = Mapping[UUID, Mapping[UUID, Mapping[str, "int | None"]]]  # application -> reader -> criterion -> level


def levels_of(call: Call) -> Levels:
    """Every level of every sent reading (one statement)."""
    found: dict[UUID, dict[UUID, dict[str, int | None]]] = defaultdict(lambda: defaultdict(dict))
    rows = CriterionScore.objects.filter(review__application__call=call, review__state=Review.State.SUBMITTED)
    for application, reader, criterion, level in rows.values_list(
        "review__application_id", "review__reader_id", "criterion", "level"
    ):
        found[application][reader][criterion] = level
    return found


def standings_from(levels: Levels, rules: scoring.Rubric) -> dict[UUID, scoring.Score]:
    """Like :func:`standings`, from levels that the caller has read."""
    found = {}
    for application, readings in levels.items():
        sums: dict[str, tuple[int, int]] = {}
        for given in readings.values():
            for criterion, level in given.items():
                if level is not None:
                    summed, count = sums.get(criterion, (0, 0))
                    sums[criterion] = (summed + level, count + 1)
        score = scoring.combine(sums, rules, readers=len(readings))
        if score is not None:
            found[application] = score
    return found


def adjusted_from(levels: Levels, rules: scoring.Rubric) -> dict[UUID, float]:
    """Scores with readers' leanings taken off, 0..100, to stand beside the raw ones; empty while readers have sent
    too few to tell (method: :func:`applications.review.scoring.leanings`)."""
    return scoring.adjusted(
        {
            application: {
                reader: float(worth)
                for reader, given in readings.items()
                if (worth := scoring.total(given, rules)) is not None
            }
            for application, readings in levels.items()
        }
    )


def standings(call: Call, *, readers: Mapping[UUID, int] | None = None) -> dict[UUID, scoring.Score]:
    """The score of every application that at least one reader has scored.

    ``readers``: how many readings each has, when the caller knows (two statements, else three).
    """
    rules = rubric(call)
    if readers is None:
        readers = dict(
            Review.objects.filter(application__call=call, state=Review.State.SUBMITTED)
            .values_list("application_id")
            .annotate(Count("id"))
            .order_by()
        )
    scored = {key: scoring.combine(sums, rules, readers=readers.get(key, 0)) for key, sums in _sums(call).items()}
    return {key: score for key, score in scored.items() if score is not None}


def scores(call: Call) -> dict[UUID, int]:
    """Mean weighted level times 100 (100..500) by application, from sent reviews only (two statements)."""
    rules = rubric(call)
    scored = {key: scoring.combine(sums, rules, readers=0) for key, sums in _sums(call).items()}
    return {key: score.points for key, score in scored.items() if score is not None}


def readings_of(application: Application) -> list[dict[str, int | None]]:
    """Each sent reading of one application: ``{criterion: level or None}`` (one statement)."""
    rows = CriterionScore.objects.filter(
        review__application=application, review__state=Review.State.SUBMITTED
    ).values_list("review_id", "criterion", "level")
    found: dict[UUID, dict[str, int | None]] = defaultdict(dict)
    for review, criterion, level in rows:
        found[review][criterion] = level
    return list(found.values())


# ---------------------------------------------------------------- the reader's own queue


@dataclass
class CallQueue:
    """One reader's readings in one call, in their own order."""

    call: Call
    open: list[Review] = field(default_factory=list)
    sent: list[Review] = field(default_factory=list)
    start: Any = None  # calibrating.Start, when the call begins with shared examples

    @property
    def total(self) -> int:
        return len(self.open) + len(self.sent)

    @property
    def due_on(self) -> date | None:
        return min((review.due_on for review in self.open if review.due_on), default=None)


def mine(user: User) -> QuerySet[Review]:
    """Reviews that ``user`` may open now: assigned to them, screener still, no tie."""
    away = Recusal.objects.keeping_away().filter(person=user).values("application_id")
    return (
        Review.objects.filter(
            reader=user,
            application__state=Application.State.SUBMITTED,
            application__call__cohort__in=cohorts_of(user, Role.SCREENER),
        )
        .exclude(state=Review.State.REMOVED)
        .exclude(application_id__in=away)
        .exclude(application__applicant=user)
    )


def queues(user: User) -> list[CallQueue]:
    """All readings of ``user``, by call (one statement). Started ones first, then the reader's own order."""
    reviews = (
        mine(user)
        .select_related("application__call__cohort")
        .defer("shared_comment", "private_note", "application__applicant", "application__organization")
    )
    found: dict[UUID, CallQueue] = {}
    for review in reviews.order_by("application__call__created_at", "position", "application__number"):
        queue = found.setdefault(review.application.call_id, CallQueue(call=review.application.call))
        (queue.sent if review.state == Review.State.SUBMITTED else queue.open).append(review)
    for queue in found.values():
        queue.open.sort(key=lambda review: review.state != Review.State.STARTED)
        queue.sent.sort(key=lambda review: review.submitted_at, reverse=True)  # type: ignore[arg-type, return-value]
    return list(found.values())


def next_open(user: User, review: Review) -> Review | None:
    """The next reading of the same call after ``review``: a started one, else the first in the reader's order."""
    rest = mine(user).filter(application__call_id=review.application.call_id).exclude(pk=review.pk)
    return (
        rest.filter(state__in=[Review.State.STARTED, Review.State.ASSIGNED])
        .select_related("application")
        .order_by("-state", "position")
        .first()
    )


def place_in_queue(user: User, review: Review) -> tuple[int, int]:
    """How many of this call's readings are sent, and how many there are (one statement)."""
    counts = (
        mine(user)
        .filter(application__call_id=review.application.call_id)
        .aggregate(sent=Count("pk", filter=Q(state=Review.State.SUBMITTED)), total=Count("pk"))
    )
    return counts["sent"], counts["total"]


# ---------------------------------------------------------------- the desk: rubric and scores


@dataclass
class CriterionRow:
    """One criterion on the desk: the rubric's words, and what this reader has said so far."""

    id: str
    title: str
    weight: int
    question: str
    guard: str
    anchors: list[tuple[int, str, str]]  # level, name of the level, anchor
    read: list[str]  # question ids to look at
    level: int | None = None
    cannot_judge: bool = False
    comment: str = ""


def criteria(definition: Mapping[str, Any], review: Review | None = None) -> list[CriterionRow]:
    """The rubric as rows, with the scores of ``review`` filled in (one statement when it is given)."""
    given = {row.criterion: row for row in review.scores.all()} if review is not None else {}
    names = {int(level): name for level, name in definition.get("scale_names", {}).items()}
    rows = []
    for item in definition["criteria"]:
        score = given.get(item["id"])
        rows.append(
            CriterionRow(
                id=item["id"],
                title=item["title"],
                weight=item["weight"],
                question=item.get("question", ""),
                guard=item.get("guard", ""),
                anchors=[
                    (int(n), names.get(int(n), ""), words)
                    for n, words in sorted(item["anchors"].items(), key=lambda pair: int(pair[0]))
                ],
                read=list(item.get("read", [])),
                level=score.level if score else None,
                cannot_judge=bool(score and score.cannot_judge),
                comment=score.comment if score else "",
            )
        )
    return rows


def comment_levels(definition: Mapping[str, Any]) -> frozenset[int]:
    """Levels that need a comment."""
    return frozenset(definition.get("process", {}).get("comment_required_for", [1, 2, 5]))


@dataclass
class OtherReading:
    """Another reader's sent reading, without their name."""

    label: int
    total: float | None
    levels: dict[str, str]
    comments: list[tuple[str, str]]
    shared_comment: str


def other_readings(review: Review, definition: Mapping[str, Any]) -> list[OtherReading]:
    """What the other readers sent, once ``review`` itself is sent; nothing before (two statements).

    Order follows each review's random id, so that it tells nothing about who wrote it.
    """
    if review.state != Review.State.SUBMITTED:
        return []
    rules = scoring.rubric_from(definition)
    titles = {item["id"]: item["title"] for item in definition["criteria"]}
    others = (
        Review.objects.filter(application_id=review.application_id, state=Review.State.SUBMITTED)
        .exclude(pk=review.pk)
        .prefetch_related("scores")
        .order_by("pk")
    )
    found = []
    for label, other in enumerate(others, start=1):
        rows = {score.criterion: score for score in other.scores.all()}
        worth = scoring.total({c: row.level for c, row in rows.items()}, rules)
        found.append(
            OtherReading(
                label=label,
                total=scoring.half_up(worth * 10) / 10 if worth is not None else None,
                levels={c: str(rows[c].level) if c in rows and rows[c].level else "–" for c in titles},
                comments=[(titles[c], rows[c].comment) for c in titles if c in rows and rows[c].comment],
                shared_comment=other.shared_comment,
            )
        )
    return found
