"""One application when a decision is made: scores, what readers wrote, what was asked, and its decisions so far."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from applications.common import asked as common_asked
from applications.models import Application, Decision, Recusal, Review
from applications.review import queries as review_queries
from applications.review import scoring


@dataclass
class ReadingForStaff:
    """One sent reading as coordinators see it."""

    reader: str
    total: float | None
    levels: dict[str, int | None]
    comments: list[tuple[str, str]]
    shared_comment: str


@dataclass
class Dossier:
    """One application when a decision is made: scores by criterion, comments, flags, and its decisions so far."""

    score: scoring.Score | None
    criteria: list[review_queries.CriterionRow]
    readings: list[ReadingForStaff]
    flags: list[tuple[str, str]]
    disagreement: tuple[str, ...]
    recused: int
    decisions: list[Decision]
    asked: list[common_asked.Asked]


def dossier(application: Application) -> Dossier:
    """What a coordinator needs to decide on one application (eight statements). Private notes are not in it."""
    definition = review_queries.rubric_definition(application.call)
    rules = scoring.rubric_from(definition)
    titles = {item["id"]: item["title"] for item in definition["criteria"]}
    reviews = list(
        Review.objects.filter(application=application)
        .exclude(state=Review.State.REMOVED)
        .select_related("reader")
        .prefetch_related("scores")
        .order_by("assigned_at", "pk")
    )
    sums: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    readings, raw = [], []
    for review in reviews:
        if review.state != Review.State.SUBMITTED:
            continue
        given = {score.criterion: score for score in review.scores.all()}
        levels = {key: given[key].level if key in given else None for key in titles}
        raw.append(levels)
        for key, level in levels.items():
            if level is not None:
                sums[key] = (sums[key][0] + level, sums[key][1] + 1)
        worth = scoring.total(levels, rules)
        readings.append(
            ReadingForStaff(
                reader=review.reader.called,
                levels=levels,
                shared_comment=review.shared_comment,
                total=scoring.half_up(worth * 10) / 10 if worth is not None else None,
                comments=[(titles[key], given[key].comment) for key in titles if key in given and given[key].comment],
            )
        )
    return Dossier(
        score=scoring.combine(sums, rules, readers=len(readings)),
        criteria=review_queries.criteria(definition),
        readings=readings,
        flags=[(review.reader.called, review.flag) for review in reviews if review.flag],
        disagreement=scoring.disagreement(raw, rules),
        recused=Recusal.objects.keeping_away().filter(application=application).count(),
        decisions=list(
            Decision.objects.filter(application=application)
            .select_related("release", "decided_by")
            .order_by("-decided_at")
        ),
        asked=common_asked.asked_of(application),
    )
