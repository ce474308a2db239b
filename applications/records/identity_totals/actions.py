"""Take identity totals: once, frozen, inside their window."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from applications.models import Call, IdentityTotals
from applications.records.identity_totals import queries
from cohort import small_numbers
from cohort.people import history
from cohort.people.models import User
from cohort.people.states import NotPossible


@transaction.atomic
def take(*, call: Call, factor: str, scope: str, by: User, now: datetime) -> IdentityTotals:
    """Count one factor and freeze what may be shown.

    A second look gives the frozen first one, until at least the threshold of people has come or gone since:
    otherwise two looks a day apart would tell what one new person answered.

    :raises NotPossible: the factor may not be looked at now.
    """
    call = Call.objects.select_for_update().get(pk=call.pk)
    if factor not in queries.windows(call, now).get(scope, []):
        raise NotPossible(_("These totals may not be looked at now."))
    found = next((f for f in queries.identity_factors(call) if f.factor == factor), None)
    if found is None:
        raise NotPossible(_("The form does not ask this."))
    k = small_numbers.K_INTERNAL
    asked = queries.people_of(call, scope)
    people = queries.codes_by_person(found.question, asked)
    earlier = IdentityTotals.objects.filter(call=call, factor=factor)
    last = earlier.filter(scope=scope).order_by("-number").first()
    if last is not None and abs(len(people) - last.answered) < k:
        return last
    table = small_numbers.publish_whole(people, found.ladder, asked=len(asked), k=k)
    others = earlier.exclude(scope=scope).filter(why="")
    if isinstance(table, small_numbers.Table) and any(abs(o.answered - len(people)) < k for o in others):
        table = small_numbers.Nothing("close")
    taken = IdentityTotals(
        call=call,
        factor=factor,
        scope=scope,
        number=(last.number + 1 if last else 1),
        asked=len(asked),
        answered=len(people),
        taken_at=now,
        taken_by=by,
    )
    if isinstance(table, small_numbers.Table):
        taken.rung = table.rung
        taken.cells = [{"codes": list(cell.codes), "count": cell.count} for cell in table.cells]
    else:
        taken.why = table.why
    taken.save()
    history.record("identity_totals.viewed", taken, actor=by, cohort=call.cohort, factor=factor, scope=scope)
    return taken
