"""Numbers and names of applications in a proposal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Exists, OuterRef, Value

from applications.models import Application, Call, Recusal, Target
from applications.representation.proposals.labels import Names
from applications.representation.targets import queries as targets_queries
from cohort.people.models import User


def numbers_of(call: Call, user: User | None = None) -> tuple[dict[str, str], frozenset[str]]:
    """Reference by application id for the whole call, and the ids that ``user`` stays away from (one statement).

    The same ties as :func:`applications.common.access_staff.hidden_from`, in one statement with the numbers.
    """
    rows = Application.objects.filter(call=call).exclude(state=Application.State.DRAFT)
    tied = Recusal.objects.keeping_away().filter(application=OuterRef("pk"), person=user) if user else None
    mine = Exists(tied) if tied is not None else Value(False)
    found = list(rows.annotate(tied=mine).values_list("pk", "number", "applicant_id", "tied"))
    away = frozenset(str(pk) for pk, _number, who, tie in found if tie or (user is not None and who == user.pk))
    return {str(pk): f"{number:04d}" for pk, number, _who, _tie in found}, away


def names_of(call: Call) -> Names:
    """Words for the codes of a call (three statements)."""
    return names_from(call, list(targets_queries.with_policy(call)), numbers_of(call)[0])


def names_from(call: Call, rows: Sequence[Target], numbers: Mapping[str, str]) -> Names:
    """Words for the codes of a call, of which targets and numbers are read already (one statement)."""
    known = targets_queries.factors(call)
    labels = {(f.id, code): label for f in known.values() for code, label in f.options}
    labels |= {(target.factor, target.code): target.label for target in rows}
    return Names(labels, {f.id: f.name for f in known.values()}, numbers)
