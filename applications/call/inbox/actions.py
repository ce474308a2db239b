"""Questions about a call: asked by anybody, answered by one coordinator, and forgotten in time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.call.page import actions as page_actions
from applications.models import Call, CallQuestion, PageItem
from cohort.outbox import api as outbox_api
from cohort.outbox import suppression
from cohort.people import history, states
from cohort.people.models import User
from cohort.people.states import NotPossible

State = CallQuestion.State
FORGET_AFTER_ANSWER = dt.timedelta(days=30)
FORGET_AFTER_CLOSE = dt.timedelta(days=60)


def move_question(question: CallQuestion, to: str, *, actor: User | None, **changes: Any) -> CallQuestion:
    """Move a question to state ``to``. Nothing else sets its state.

    :raises NotPossible: somebody else was faster.
    """
    with transaction.atomic():
        row = (
            CallQuestion.objects.select_for_update(of=("self",))
            .select_related("call__cohort", "answered_by")
            .get(pk=question.pk)
        )
        if not states.may_move(row, to):
            if row.state == State.ANSWERED:
                raise NotPossible(
                    _("%(who)s has answered this question already.")
                    % {"who": row.answered_by.called if row.answered_by else _("Somebody")}
                )
            raise NotPossible(_("This question is already %(state)s.") % {"state": row.get_state_display()})
        return states.move(row, to, actor=actor, verb=f"call_question.{to}", cohort=row.call.cohort, **changes)


def ask(
    *, call: Call, words: str, asker: User | None = None, name: str = "", email: str = "", language: str = "en"
) -> CallQuestion:
    """Keep a question, from a person with an account or from an address."""
    with transaction.atomic():
        made = CallQuestion.objects.create(
            call=call,
            words=words,
            asker=asker,
            name="" if asker else name,
            email="" if asker else email.strip().lower(),
            language=language[:8],
        )
        history.record("call_question.asked", made, actor=asker, cohort=call.cohort)
    return made


def answer(*, question: CallQuestion, actor: User, words: str) -> CallQuestion:
    """Answer a question. The mail is made of what is stored here when it goes.

    :raises NotPossible: it is answered or set aside already.
    """
    with transaction.atomic():
        row = move_question(
            question, State.ANSWERED, actor=actor, answer=words, answered_by=actor, answered_at=timezone.now()
        )
        if row.reachable:
            outbox_api.queue(
                kind="call_question_answer",
                key=f"call_question:{row.pk}",
                recipient=row.asker,
                email="" if row.asker_id else row.email,
                cohort=row.call.cohort,
                refs={"question": str(row.pk), "language": row.language},
                not_after=timezone.now() + dt.timedelta(days=7),
            )
    return row


def make_entry(*, question: CallQuestion, actor: User, title: str, words: str) -> PageItem:
    """Put an edited question and answer on the call page.

    :raises NotPossible: that was done already.
    """
    with transaction.atomic():
        row = CallQuestion.objects.select_for_update(of=("self",)).select_related("call__cohort").get(pk=question.pk)
        if row.item_id:
            raise NotPossible(_("This question stands on the call page already."))
        item = page_actions.add_line(call=row.call, part=PageItem.Part.QUESTION, actor=actor, title=title, words=words)
        row.item = item
        row.save(update_fields=["item"])
    return item


def forget_addresses(*, now: dt.datetime | None = None) -> int:
    """Delete names and addresses of visitors whose question is over: 30 days after the answer or after the question
    was set aside unanswered, and 60 days after the call closed at the latest. Returns how many were forgotten."""
    now = now or timezone.now()
    over = (
        Q(answered_at__lt=now - FORGET_AFTER_ANSWER)
        | Q(call__closes_at__lt=now - FORGET_AFTER_CLOSE)
        | Q(state=State.ASIDE, asked_at__lt=now - FORGET_AFTER_ANSWER)
    )
    rows = list(CallQuestion.objects.filter(over).exclude(email="", name="").values_list("pk", flat=True)[:1000])
    for pk in rows:
        with transaction.atomic():
            CallQuestion.objects.filter(pk=pk).update(email="", name="")
            suppression.forget_rows(refs={"question": str(pk)})
    return len(rows)
