"""The pool of one call, as the solver and the board see it: numbers and selection factors, nothing else.

Answers come through one door (``Answer.objects.for_balance()``) and only for questions of factors whose
policy is ``selection``. The identity drawer is not imported here, so it cannot be read: where identity factors are
approved for choosing, :mod:`applications.representation.pool.identity` adds them in the worker.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Subquery

from applications import selection
from applications.models import Answer, Application, Call, Decision, KeepApart, Offer, Review, SelectionRules, Target
from applications.representation.pool.latest import latest_proposal
from applications.representation.targets import approvals
from applications.representation.targets import queries as targets_queries
from applications.representation.targets.queries import Factor
from applications.review import queries as review_queries
from cohort import small_numbers
from cohort.questions.values import codes_of

__all__ = ["Member", "Pool", "latest_proposal", "pool", "problem_for"]

LEFT = (Offer.State.DECLINED, Offer.State.LAPSED, Offer.State.WITHDRAWN)
HELD = (Offer.State.OPEN, Offer.State.ACCEPTED)


@dataclass(frozen=True)
class Member:
    """One application in the pool. ``codes`` holds answer codes by factor; ``pinned`` True in, False out, None free."""

    id: UUID
    number: int
    organization: UUID | None
    scored: bool
    pinned: bool | None
    because: str
    codes: Mapping[str, frozenset[str]]

    @property
    def reference(self) -> str:
        return f"{self.number:04d}"

    def holds(self, target: Target) -> bool:
        return not self.codes.get(target.factor, frozenset()).isdisjoint(target.values)


@dataclass(frozen=True)
class Pool:
    """Everybody who could be chosen, the targets that may be used, and how many are left out for now and why."""

    members: tuple[Member, ...]
    targets: tuple[Target, ...]
    apart: tuple[approvals.Approval, ...]  # identity factors that count in a proposal, out of sight
    factors: Mapping[str, Factor]
    unchecked: int
    unscored: int
    gone: int

    @property
    def ready(self) -> tuple[Member, ...]:
        """Those who have a score, and so can be proposed."""
        return tuple(member for member in self.members if member.scored)

    @property
    def numbers(self) -> dict[str, str]:
        """Reference by application id, such as ``0187``."""
        return {str(member.id): member.reference for member in self.members}

    @property
    def groups(self) -> list[tuple[Factor, list[Target]]]:
        """Targets by factor, in order."""
        found: dict[str, list[Target]] = {}
        for target in self.targets:
            found.setdefault(target.factor, []).append(target)
        return [(self.factors[factor], mine) for factor, mine in found.items()]


def pool(call: Call) -> Pool:
    """The pool of ``call`` (four statements, whatever its size, and the form's).

    In it: sent applications found eligible, that have not turned a place down and were not found
    ineligible in a decision. Who holds an offer is pinned in by that.
    """
    known = targets_queries.factors(call)
    usable = targets_queries.usable(call, known)
    offer = Offer.objects.filter(application=OuterRef("pk")).order_by("-made_at").values("state")[:1]
    out = Decision.objects.filter(
        application=OuterRef("pk"), superseded_at__isnull=True, value=Decision.Value.NOT_ELIGIBLE
    )
    scored = Review.objects.filter(application=OuterRef("pk"), state=Review.State.SUBMITTED)
    rows = (
        Application.objects.filter(call=call, state=Application.State.SUBMITTED)
        .exclude(eligibility=Application.Eligibility.INELIGIBLE)
        .annotate(offer_state=Subquery(offer), found_ineligible=Exists(out), has_score=Exists(scored))
        .order_by("number")
        .values_list(
            "pk",
            "number",
            "organization_id",
            "eligibility",
            "offer_state",
            "found_ineligible",
            "has_score",
            "pin__inside",
            "pin__reason",
        )
    )
    codes = _codes(call, {target.factor: known[target.factor] for target in usable})
    members, unchecked, gone = [], 0, 0
    for pk, number, organization, eligibility, offered, ineligible, has_score, inside, reason in rows:
        if ineligible or offered in LEFT:
            gone += 1
        elif eligibility != Application.Eligibility.ELIGIBLE:
            unchecked += 1
        else:
            pinned, because = (True, "offer") if offered in HELD else (inside, reason or "")
            members.append(Member(pk, number, organization, has_score, pinned, because, codes.get(pk, {})))
    unscored = sum(not member.scored for member in members)
    apart = tuple(approvals.approvals(call, known))
    return Pool(tuple(members), tuple(usable), apart, known, unchecked, unscored, gone)


def _codes(call: Call, wanted: Mapping[str, Factor]) -> dict[UUID, dict[str, frozenset[str]]]:
    """Answer codes by application and factor (one statement, none without factors)."""
    questions = {factor.question.id: factor.id for factor in wanted.values() if factor.chooses}
    if not questions:
        return {}
    rows = (
        Answer.objects.for_balance()
        .filter(application__call=call, application__state=Application.State.SUBMITTED, question__in=list(questions))
        .values_list("application_id", "question", "value")
    )
    found: dict[UUID, dict[str, frozenset[str]]] = {}
    for application, question, value in rows:
        found.setdefault(application, {})[questions[question]] = frozenset(codes_of(value))
    return found


def problem_for(call: Call, found: Pool | None = None) -> selection.Problem:
    """The solver's whole input for ``call``: those with a score, the usable targets, the rules.

    Where fewer people than seats could be chosen, as many as there are may be proposed.

    :raises selection.BadInput: data that the solver cannot take, with the path of the field.
    """
    found = found or pool(call)
    scores = review_queries.scores(call) if found.ready else {}
    ready = [member for member in found.members if member.id in scores]
    ids = {member.id for member in ready}
    given = SelectionRules.objects.filter(call=call).first() or SelectionRules(call=call)
    pairs = KeepApart.objects.filter(call=call).values_list("first_id", "second_id")
    free = sum(member.pinned is not False for member in ready)
    seats = call.cohort.seats
    return selection.parse(
        {
            "panel": seats,
            "panel_min": seats if free >= seats else 0,
            "lottery_seed": given.lottery_seed,
            "policies": {factor.id: "selection" for factor, _ in found.groups},
            "people": [_person(member, scores[member.id], found) for member in ready],
            "targets": _targets(found),
            "rules": {
                "org_cap": given.org_cap or None,
                "org_cap_hard": given.org_cap_hard,
                "org_max": given.org_max or None,
                "conflicts": [[str(a), str(b)] for a, b in pairs if a in ids and b in ids],
                "pin_in": [str(member.id) for member in ready if member.pinned is True],
                "pin_out": [str(member.id) for member in ready if member.pinned is False],
            },
        }
    )


def early_problem(call: Call, since: datetime) -> selection.Problem | None:
    """What a group could be made from while people still apply: who had applied at ``since``, all scored alike.

    No pins and no pairs, which are about single people. None without targets, or while so few have applied that the
    answer would be about them.

    :raises selection.BadInput: data that the solver cannot take, with the path of the field.
    """
    known = targets_queries.factors(call)
    usable = targets_queries.usable(call, known)
    sent = Application.objects.filter(call=call, state=Application.State.SUBMITTED, submitted_at__lt=since).exclude(
        eligibility=Application.Eligibility.INELIGIBLE
    )
    rows = list(sent.order_by("number").values_list("pk", "number", "organization_id"))
    if not usable or len(rows) < 2 * small_numbers.K_FLOOR:
        return None
    codes = _codes(call, {target.factor: known[target.factor] for target in usable})
    members = tuple(Member(pk, number, org, False, None, "", codes.get(pk, {})) for pk, number, org in rows)
    found = Pool(members, tuple(usable), (), known, 0, 0, 0)
    given = SelectionRules.objects.filter(call=call).first() or SelectionRules(call=call)
    seats = call.cohort.seats
    return selection.parse(
        {
            "panel": seats,
            "panel_min": seats if len(members) >= seats else 0,
            "policies": {factor.id: "selection" for factor, _ in found.groups},
            "people": [_person(member, 300, found) for member in members],
            "targets": _targets(found),
            "rules": {
                "org_cap": given.org_cap or None,
                "org_cap_hard": given.org_cap_hard,
                "org_max": given.org_max or None,
            },
        }
    )


def _person(member: Member, score: int, found: Pool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": str(member.id),
        "score": min(max(score, 100), 500),
        "org": str(member.organization) if member.organization else None,
    }
    for factor, mine in found.groups:
        row[factor.id] = [target.code for target in mine if member.holds(target)]
    return row


def _targets(found: Pool) -> list[dict[str, Any]]:
    rows = []
    for factor, mine in found.groups:
        kind = "single" if factor.one_value and _disjoint(mine) else "multi"
        rows += [
            {
                "factor": factor.id,
                "value": target.code,
                "kind": kind,
                "min": target.floor,
                "ideal100": target.ideal100,
                "max": target.ceiling,
                "priority": target.priority,
            }
            for target in mine
        ]
    return rows


def _disjoint(mine: Iterable[Target]) -> bool:
    """Whether no answer counts for two of these targets, so that one person holds at most one."""
    seen: set[str] = set()
    for target in mine:
        values = set(target.values)
        if seen & values:
            return False
        seen |= values
    return True


def member_by_number(call: Call, number: int) -> Application | None:
    """One sent application of the call by its number (one statement)."""
    return Application.objects.filter(Q(call=call), number=number, state=Application.State.SUBMITTED).first()
