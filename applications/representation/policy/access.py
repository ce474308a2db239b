"""Who may open what of the policy, the targets and the constraints of a call: its coordinators. Strangers get 404."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404

from applications.common.access_staff import call_for, hidden_from
from applications.models import Call, KeepApart, Pin, RuleChange, Target
from applications.representation.targets import approvals, queries
from cohort.people.models import User


def change_for(user: User, slug: str, pk: UUID) -> RuleChange:
    """One change of the rules of the call at ``slug``, with its call and who asked for and settled it."""
    call = call_for(user, slug)
    found = RuleChange.objects.select_related("proposed_by", "settled_by").filter(call=call, pk=pk).first()
    if found is None:
        raise Http404
    found.call = call
    return found


def factor_for(call: Call, factor: str) -> queries.Factor:
    """A factor of ``call`` for which there may be targets; 404 otherwise. The role is checked with the call."""
    found = queries.factors(call).get(factor)
    if found is None or not (found.chooses or approvals.covers(call, found)):
        raise Http404
    return found


def target_for(user: User, slug: str, pk: UUID, *, factor: str = "") -> Target:
    """One target of the call at ``slug``, with its call; only of ``factor`` when one is named."""
    call = call_for(user, slug)
    rows = Target.objects.filter(call=call, pk=pk)
    found = (rows.filter(factor=factor) if factor else rows).first()
    if found is None:
        raise Http404
    found.call = call
    return found


def pin_for(user: User, slug: str, pk: UUID) -> Pin:
    """One pin of the call at ``slug``, with its call, of an application that ``user`` need not stay away from."""
    call = call_for(user, slug)
    found = Pin.objects.select_related("application").filter(call=call, pk=pk).first()
    if found is None or found.application_id in hidden_from(user, call):
        raise Http404
    found.call = call
    return found


def pair_for(user: User, slug: str, pk: UUID) -> KeepApart:
    """One pair to keep apart of the call at ``slug``, with its call; ``user`` need not stay away from either."""
    call = call_for(user, slug)
    found = KeepApart.objects.filter(call=call, pk=pk).first()
    if found is None or {found.first_id, found.second_id} & hidden_from(user, call):
        raise Http404
    found.call = call
    return found
