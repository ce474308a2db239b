"""What coordinators see when they decide: scores, proposal, decisions in force, and what was told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.utils.translation import gettext as _

from applications.models import Application, Call, Decision, Proposal, Recusal, Release, Review
from applications.representation.policy import queries as policy_queries
from applications.representation.pool.latest import latest_proposal
from applications.review import queries as review_queries
from applications.review import scoring
from cohort.people.models import User

Value = Decision.Value


def is_told(decision: Decision) -> bool:
    """Whether the applicant has been told this decision: its release went out and the undo time is over."""
    return bool(decision.release and decision.release.is_told())


def is_leaving(decision: Decision) -> bool:
    """Whether this decision is in a release that waits for approval, or whose undo time is running."""
    release = decision.release
    return bool(release and release.state in (Release.State.PROPOSED, Release.State.APPROVED) and not is_told(decision))


@dataclass
class DecisionRow:
    """One application on the decisions page, known by its number."""

    id: UUID
    number: int
    eligibility: str
    sent: int
    readers: int
    flags: int
    away: bool
    score: scoring.Score | None = None
    in_proposal: bool = False
    decision: Decision | None = None
    told: Decision | None = None
    adjusted: float | None = None  # the score with readers' leanings taken off, shown beside it

    @property
    def reference(self) -> str:
        return f"{self.number:04d}"

    @property
    def band(self) -> str:
        return self.score.band if self.score else ""

    @property
    def value(self) -> str:
        return self.decision.value if self.decision else ""

    @property
    def status(self) -> str:
        """``none``, ``draft``, ``leaving`` or ``told``: how far the decision in force has come."""
        if self.decision is None:
            return "none"
        if is_told(self.decision):
            return "told"
        return "leaving" if is_leaving(self.decision) else "draft"


@dataclass
class Board:
    """All sent applications of one call with what is known and decided about each."""

    rows: list[DecisionRow]
    proposal: Proposal | None

    @property
    def adjusts(self) -> bool:
        """Whether readers have sent enough to show scores without their leanings."""
        return any(row.adjusted is not None for row in self.rows)

    def count(self, status: str = "", value: str = "") -> int:
        return sum(1 for row in self.rows if status in ("", row.status) and value in ("", row.value))

    @property
    def values(self) -> Counter[str]:
        return Counter(row.value for row in self.rows)


def board(call: Call, user: User | None = None) -> Board:
    """Everything the decisions page lists (five statements, whatever the number of applications).

    Applications that ``user`` must stay away from carry their number and nothing else.
    """
    applications = Application.objects.filter(call=call, state=Application.State.SUBMITTED)
    reading_counts = {
        "sent": Count("reviews", filter=Q(reviews__state=Review.State.SUBMITTED)),
        "readers": Count("reviews", filter=~Q(reviews__state=Review.State.REMOVED)),
        "flags": Count("reviews", filter=~Q(reviews__state=Review.State.REMOVED) & ~Q(reviews__flag="")),
    }
    tie = Exists(Recusal.objects.keeping_away().filter(application=OuterRef("pk"), person=user))
    found = (
        applications.annotate(**reading_counts, tied=tie)
        .order_by("number")
        .values("pk", "number", "eligibility", "applicant_id", "sent", "readers", "flags", "tied")
    )
    rows = [
        DecisionRow(
            id=item["pk"],
            number=item["number"],
            eligibility=item["eligibility"],
            sent=item["sent"],
            readers=item["readers"],
            flags=item["flags"],
            away=user is not None and (item["tied"] or item["applicant_id"] == user.pk),
        )
        for item in found
    ]
    rules, levels = review_queries.rubric(call), review_queries.levels_of(call)
    scores, levelled = review_queries.standings_from(levels, rules), review_queries.adjusted_from(levels, rules)
    in_force, told = decisions_of(call)
    proposal = latest_proposal(call)
    chosen = set(proposal.cohort) if proposal else set()
    for row in rows:
        if row.away:
            row.sent = row.readers = row.flags = 0
            row.eligibility = ""
            continue
        row.adjusted = levelled.get(row.id)
        row.score, row.decision, row.told = scores.get(row.id), in_force.get(row.id), told.get(row.id)
        row.in_proposal = str(row.id) in chosen
    return Board(rows=rows, proposal=proposal)


def decisions_of(call: Call, only: Collection[UUID] | None = None) -> tuple[dict[UUID, Decision], dict[UUID, Decision]]:
    """Decisions in force, and the last one told, by application (one statement). ``only``: of these applications."""
    in_force: dict[UUID, Decision] = {}
    told: dict[UUID, Decision] = {}
    rows = (
        Decision.objects.filter(application__call=call).select_related("release", "offer").order_by("decided_at", "pk")
    )
    if only is not None:
        rows = rows.filter(application__in=list(only))
    for decision in rows:
        if decision.superseded_at is None:
            in_force[decision.application_id] = decision
        if is_told(decision):
            told[decision.application_id] = decision
    return in_force, told


def bases(call: Call) -> Callable[[UUID], dict[str, Any]]:
    """What a decision made now rests on, by application: points, readings, recusals, versions of rules and the
    proposal. Codes and counts only (rubric.yaml, committee.every_decision_stores; seven statements for a whole call).
    """
    from applications.models import FactorPolicy, FormVersion, RubricVersion

    scores = review_queries.standings(call)
    recused = dict(
        Recusal.objects.keeping_away()
        .filter(application__call=call)
        .values_list("application_id")
        .annotate(Count("id"))
        .order_by()
    )
    proposal = latest_proposal(call)
    versions = {
        "rubric": RubricVersion.objects.filter(call=call).aggregate(last=Max("number"))["last"],
        "form": FormVersion.objects.filter(call=call).aggregate(last=Max("number"))["last"],
        "policies": dict(FactorPolicy.objects.filter(call=call).order_by("factor").values_list("factor", "policy")),
        "proposal": proposal.number if proposal else None,
        "targets": policy_queries.targets_version(call),
        "profile": call.policy_profile,
    }
    inside = set(proposal.cohort) if proposal else set()

    def basis(application: UUID) -> dict[str, Any]:
        score = scores.get(application)
        return {
            **versions,
            "points": score.points if score else None,
            "band": score.band if score else "",
            "readings": score.readers if score else 0,
            "recused": recused.get(application, 0),
            "in_proposal": str(application) in inside,
        }

    return basis


def record_columns() -> list[tuple[str, str, str]]:
    """The columns of the decision record: name, meaning, kind of value."""
    code, number, moment, name = _("code"), _("number"), _("date and time"), _("text")
    return [
        ("application", _("Number of the application, the same as on every page"), number),
        ("decision", _("What was decided"), code),
        ("reason_code", _("Why"), code),
        ("note", _("Note for the record; never sent"), name),
        ("decided_by", _("Who decided"), name),
        ("decided_at", _("When (UTC)"), moment),
        ("replaced_at", _("When a later decision took its place (UTC); empty while it holds"), moment),
        ("score_points", _("Score when it was decided, 100 to 500"), number),
        ("band", _("Band of that score"), code),
        ("readings", _("Readings that the score rested on"), number),
        ("recused", _("Readers who stayed away"), number),
        ("rubric_version", _("Version of the scoring guide"), number),
        ("form_version", _("Version of the form"), number),
        ("proposal", _("Newest proposal at that time"), number),
        ("in_proposal", _("Whether that proposal had this application"), code),
        ("release", _("Letters that went out together"), number),
        ("proposed_by", _("Who proposed to tell"), name),
        ("approved_by", _("Who agreed to tell"), name),
        ("told_at", _("From when the applicant could know (UTC); empty before"), moment),
        ("targets_version", _("Version of the targets; 0 before any was kept"), number),
        ("profile", _("Legal profile of the call"), code),
        ("policies", _("What each factor might be used for"), code),
    ]


def record(call: Call, hidden: Collection[UUID]) -> Iterator[list[str]]:
    """The decision record as rows of text, oldest first: who decided what, when, why, on which totals, and when it was
    told. By application number; no names of applicants, no answers, nothing about identity (one statement).

    Applications in ``hidden`` are left out.
    """
    yield [key for key, _meaning, _type in record_columns()]
    found = (
        Decision.objects.filter(application__call=call)
        .exclude(application__in=list(hidden))
        .select_related("application", "decided_by", "release__proposed_by", "release__approved_by")
    )
    for one in found.order_by("decided_at", "application__number").iterator(chunk_size=200):
        told, release, basis = is_told(one), one.release, one.basis
        yield [
            f"{one.application.number:04d}",
            one.value,
            one.reason_code,
            one.note,
            one.decided_by.get_full_name() if one.decided_by else "",
            one.decided_at.isoformat(timespec="seconds"),
            one.superseded_at.isoformat(timespec="seconds") if one.superseded_at else "",
            *(
                "" if basis.get(key) is None else str(basis[key])
                for key in ("points", "band", "readings", "recused", "rubric", "form", "proposal", "in_proposal")
            ),
            str(release.number) if release else "",
            release.proposed_by.get_full_name() if release and release.proposed_by else "",
            release.approved_by.get_full_name() if release and release.approved_by else "",
            release.undo_until.isoformat(timespec="seconds") if told and release and release.undo_until else "",
            "" if basis.get("targets") is None else str(basis["targets"]),
            str(basis.get("profile") or ""),
            "; ".join(f"{factor}={policy}" for factor, policy in sorted((basis.get("policies") or {}).items())),
        ]


FILTERS: Mapping[str, Any] = {
    "band": lambda row, wanted: row.band == wanted if wanted != "none" else not row.score,
    "value": lambda row, wanted: row.value == wanted if wanted != "none" else not row.decision,
    "status": lambda row, wanted: row.status == wanted,
    "proposal": lambda row, wanted: row.in_proposal == (wanted == "in"),
}
SORTS: Mapping[str, Any] = {
    "number": lambda row: row.number,
    "score": lambda row: (-(row.score.points if row.score else -1), row.number),
    "adjusted": lambda row: (-(row.adjusted if row.adjusted is not None else -1), row.number),
}


def chosen_rows(rows: list[DecisionRow], wanted: Mapping[str, str], sort: str = "number") -> list[DecisionRow]:
    """``rows`` that fit every filter, in order. Unknown filters and orders are passed over."""
    for name, test in FILTERS.items():
        if value := wanted.get(name, ""):
            rows = [row for row in rows if not row.away and test(row, value)]
    return sorted(rows, key=SORTS.get(sort, SORTS["number"]))


# ---------------------------------------------------------------- releases


@dataclass
class Batch:
    """Decisions that go, or would go, out together, and whether they fit the seats."""

    decisions: list[Decision]
    invited: int
    changed: int  # told already, and different now (from the waiting list to a place is not counted)
    free: int

    @property
    def values(self) -> list[tuple[str, int]]:
        counts = Counter(decision.value for decision in self.decisions)
        return [(str(Value(value).label), counts[value]) for value in Value.values if counts[value]]

    @property
    def too_many(self) -> int:
        return max(0, self.invited - self.free)


def unreleased(call: Call) -> list[Decision]:
    """Decisions in force that nobody was told and that are in no release. “Needs information” is not a letter of
    outcome, so it stays out; so do applications that were withdrawn meanwhile (one statement)."""
    return list(
        Decision.objects.filter(
            application__call=call,
            application__state=Application.State.SUBMITTED,
            superseded_at__isnull=True,
            release__isnull=True,
        )
        .exclude(value=Value.NEEDS_INFORMATION)
        .select_related("application__applicant", "application__call__cohort")
        .order_by("application__number")
    )


def batch(call: Call, decisions: list[Decision]) -> Batch:
    """``decisions`` with the counts that decide whether they can go out (three statements)."""
    from applications.decisions.seats import seats

    by_application = {decision.application_id: decision for decision in decisions}
    told_before = dict(
        Decision.objects.told()
        .filter(application__in=list(by_application), superseded_at__isnull=False)
        .order_by("decided_at")
        .values_list("application_id", "value")
    )
    # A place for somebody on the waiting list is what they were told could come: no change of mind.
    changed = sum(
        not (before == Value.WAITLIST and by_application[key].value == Value.INVITE)
        for key, before in told_before.items()
    )
    return Batch(
        decisions=decisions,
        invited=sum(decision.value == Value.INVITE for decision in decisions),
        changed=changed,
        free=seats(call.cohort).free,
    )


def decisions_in(release: Release) -> list[Decision]:
    return list(
        release.decisions.select_related("application__applicant", "application__call__cohort", "release").order_by(
            "application__number"
        )
    )


def releases_of(call: Call) -> list[Release]:
    """All releases of a call, newest first, with how many decisions each holds (one statement)."""
    return list(
        call.releases.select_related("proposed_by", "approved_by")
        .annotate(count=Count("decisions"))
        .order_by("-number")
    )
