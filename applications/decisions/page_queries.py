"""The list of decisions by number, a page at a time: what it costs does not depend on how many applied.

Orders by score need every score of the call and stay with :func:`applications.decisions.queries.board`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from applications.common import paging
from applications.decisions import queries
from applications.decisions.queries import Board, DecisionRow
from applications.models import Application, Call, CriterionScore, Decision, Proposal, Recusal, Release, Review
from applications.models.decision import told
from applications.representation.pool import latest
from applications.review import queries as review_queries
from applications.review import scoring
from cohort.people.models import User

#: What the database can tell of one application alone. A band follows from a score, so it is not among them.
FILTERS = ("value", "status", "proposal")


def leaving() -> Q:
    """Decisions on their way, as :func:`applications.decisions.queries.is_leaving` says of one."""
    running = Q(release__state=Release.State.APPROVED, release__undo_until__gt=timezone.now())
    return Q(release__state=Release.State.PROPOSED) | running


def _tie(user: User) -> Q:
    mine = Recusal.objects.keeping_away().filter(application=OuterRef("pk"), person=user)
    return Q(Exists(mine)) | Q(applicant=user)


def counts(call: Call, user: User) -> dict[str, int]:
    """How many decisions in force are ``drafts``, ``leaving`` or told, and how many applications are ``undecided``, the
    ones that ``user`` must stay away from among them (one statement)."""
    mine = Application.objects.filter(call=OuterRef("pk"), state=Application.State.SUBMITTED)
    tied = Recusal.objects.keeping_away().filter(person=user, application__call=call)
    held = (
        Decision.objects.filter(
            application__call=OuterRef("pk"), application__state=Application.State.SUBMITTED, superseded_at__isnull=True
        )
        .exclude(application__in=tied.values("application"))
        .exclude(application__applicant=user)
    )

    def many(found: QuerySet[Any], by: str) -> Coalesce:
        return Coalesce(Subquery(found.order_by().values(by).annotate(n=Count("pk")).values("n")), 0)

    by = "application__call"
    found = Call.objects.values_list(
        many(mine, "call"), many(held, by), many(held.filter(leaving()), by), many(held.filter(told()), by)
    ).get(pk=call.pk)
    total, decided, away, known = found
    return {"undecided": total - decided, "leaving": away, "drafts": decided - away - known}


def narrowed(call: Call, user: User, wanted: Mapping[str, str], proposal: Proposal | None) -> QuerySet[Application]:
    """The sent applications that fit ``wanted``. What nobody can ask for is passed over."""
    found = Application.objects.filter(call=call, state=Application.State.SUBMITTED)
    in_force = Decision.objects.filter(application=OuterRef("pk"), superseded_at__isnull=True)
    if value := wanted.get("value"):
        found = found.filter(~Exists(in_force) if value == "none" else Exists(in_force.filter(value=value)))
    if status := wanted.get("status"):
        where = {"told": told(), "leaving": leaving(), "draft": ~told() & ~leaving()}.get(status)
        found = (
            found.filter(Exists(in_force.filter(where)))
            if where is not None
            else found.filter(~Exists(in_force))
            if status == "none"
            else found.none()
        )
    if wanted.get("proposal"):
        chosen = Q(pk__in=list(proposal.cohort) if proposal else [])
        found = found.filter(chosen if wanted["proposal"] == "in" else ~chosen)
    return found.exclude(_tie(user)) if any(wanted.get(name) for name in FILTERS) else found


def page(call: Call, user: User, wanted: Mapping[str, str], where: paging.Cut) -> tuple[Board, bool, bool]:
    """A page of the list, by number (four statements), and whether there is more before and after it."""
    proposal = latest.latest_proposal(call)
    up = where.before is None
    found = paging.beyond(narrowed(call, user, wanted, proposal), where.after if up else where.before, up)
    readings = Review.objects.filter(application=OuterRef("pk")).exclude(state=Review.State.REMOVED)
    levels = CriterionScore.objects.filter(
        review__application=OuterRef("pk"), review__state=Review.State.SUBMITTED, level__isnull=False
    )
    sent: list[Any] = list(
        found.annotate(
            away=ExpressionWrapper(_tie(user), output_field=BooleanField()),
            readings=ArraySubquery(readings.values(one=JSONObject(s="state", f="flag"))),
            levels=ArraySubquery(levels.values(one=JSONObject(c="criterion", n="level"))),
        )
        .order_by("number" if up else "-number")
        .values("pk", "number", "eligibility", "away", "readings", "levels")[: paging.PER_PAGE + 1]
    )
    more, sent = len(sent) > paging.PER_PAGE, sent[: paging.PER_PAGE]
    if not up:
        sent.reverse()
    rules = review_queries.rubric(call)
    in_force, told_ = queries.decisions_of(call, only=[item["pk"] for item in sent])
    rows = [_row(item, rules) for item in sent]
    chosen = set(proposal.cohort) if proposal else set()
    for row in rows:
        if not row.away:
            row.decision, row.told, row.in_proposal = in_force.get(row.id), told_.get(row.id), str(row.id) in chosen
    return Board(rows, proposal), where.after is not None if up else more, more if up else bool(rows)


def _row(item: dict[str, Any], rules: scoring.Rubric) -> DecisionRow:
    row = DecisionRow(
        item["pk"], item["number"], "" if item["away"] else item["eligibility"], 0, 0, 0, bool(item["away"])
    )
    if row.away:
        return row
    row.readers = len(item["readings"])
    row.sent = sum(one["s"] == Review.State.SUBMITTED for one in item["readings"])
    row.flags = sum(bool(one["f"]) for one in item["readings"])
    sums: dict[str, tuple[int, int]] = {}
    for one in item["levels"]:
        summed, judged = sums.get(one["c"], (0, 0))
        sums[one["c"]] = (summed + one["n"], judged + 1)
    row.score = scoring.combine(sums, rules, readers=row.sent) if sums else None
    return row


def choosable(call: Call, user: User, posted: Iterable[str]) -> list[UUID]:
    """Those of the posted ids that ``user`` may decide on (one statement)."""
    ids = []
    for text in posted:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    mine = Application.objects.filter(call=call, state=Application.State.SUBMITTED, pk__in=ids).exclude(_tie(user))
    return list(mine.values_list("pk", flat=True))
