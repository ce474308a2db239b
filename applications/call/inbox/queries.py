"""Reads of the inbox of a call."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from applications.common import masking
from applications.models import Call, CallQuestion
from cohort.people.models import Membership, Role, User

State = CallQuestion.State


def questions(call: Call, state: str) -> QuerySet[CallQuestion]:
    """Questions of one state: those that wait the longest first, others newest first."""
    rows = CallQuestion.objects.filter(call=call, state=state).select_related("asker", "answered_by", "item")
    return rows.order_by("asked_at" if state == State.OPEN else "-asked_at")


def counts(call: Call) -> dict[str, int]:
    """How many questions are in each state (one statement)."""
    found = dict.fromkeys(State.values, 0)
    found.update(CallQuestion.objects.filter(call=call).values_list("state").annotate(n=Count("pk")).order_by())
    return found


def open_by_call(user: User) -> list[tuple[str, str, int]]:
    """Address, title and number of waiting questions of the calls that ``user`` coordinates (one statement)."""
    held = Membership.objects.current().having(Role.COORDINATOR).filter(user=user).values("cohort_id")
    rows = CallQuestion.objects.filter(call__cohort__in=held, state=State.OPEN)
    return list(rows.values_list("call__slug", "call__title").annotate(n=Count("pk")).order_by("call__slug"))


def mine(user: User, call: Call) -> list[CallQuestion]:
    """What this person asked about this call, newest first."""
    if not user.is_authenticated:
        return []
    return list(CallQuestion.objects.filter(call=call, asker=user).order_by("-asked_at")[:20])


def nameless(question: CallQuestion, text: str) -> str:
    """``text`` without the asker's names, addresses and numbers, to start an entry for everybody from."""
    asker = question.asker
    names = [asker.name, asker.preferred_name] if asker else [question.name]
    return masking.mask(text, names=names, phrases=[asker.email if asker else question.email])
