"""Asking one applicant for more, and their answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.common import inquiries
from applications.decisions import actions as decisions_actions
from applications.models import Answer, AnswerRevision, Application, Decision, Inquiry
from cohort.outbox import api as outbox_api
from cohort.people import history, states
from cohort.people.access import roles_in
from cohort.people.models import Role, User
from cohort.people.states import NotPossible

State = Inquiry.State


def move_inquiry(inquiry: Inquiry, to: str, *, actor: User, **changes: Any) -> None:
    """Move a question to ``to`` and write it down, without its words.

    :raises NotPossible: it was answered or taken back.
    """
    states.move(
        inquiry,
        to,
        actor=actor,
        refusal=_("This question is closed."),
        verb=f"inquiry.{to}",
        cohort=inquiry.application.call.cohort,
        details={"application": str(inquiry.application_id), "number": inquiry.number},
        **changes,
    )


@transaction.atomic
def ask(*, application: Application, words: str, readers: str, due_on: date, actor: User) -> Inquiry:
    """Send one question to an applicant. While nothing is decided, the application stands as “needs information”.

    :raises NotPossible: a question waits already, the outcome was told or is on its way, or the day is over.
    """
    locked = Application.objects.select_for_update(of=("self",)).select_related("call__cohort").get(pk=application.pk)
    if locked.state != Application.State.SUBMITTED:
        raise NotPossible(_("This application was withdrawn."))
    if due_on <= timezone.localdate(timezone=locked.call.cohort.zone):
        raise NotPossible(_("Choose a later day. A week is usual."))
    if Inquiry.objects.filter(application=locked, state=State.ASKED).exists():
        raise NotPossible(_("A question waits for an answer already. Take it back first, or wait."))
    current = Decision.objects.filter(application=locked, superseded_at__isnull=True).select_related("release").first()
    if current is not None and current.release_id is not None:
        raise NotPossible(_("The outcome has been told, or is on its way."))
    number = (Inquiry.objects.filter(application=locked).aggregate(last=Max("number"))["last"] or 0) + 1
    inquiry = Inquiry.objects.create(
        application=locked, number=number, words=words.strip(), readers=readers, due_on=due_on, asked_by=actor
    )
    history.record(
        "inquiry.asked",
        inquiry,
        actor=actor,
        cohort=locked.call.cohort,
        application=str(locked.pk),
        number=number,
        readers=readers,
    )
    if current is None:
        choice = decisions_actions.Choice(Decision.Value.NEEDS_INFORMATION, "ASK_APPLICANT")
        decisions_actions.decide(application=locked, choice=choice, actor=actor)
    outbox_api.queue(
        kind="more_information",
        key=f"more_information:{inquiry.pk}",
        recipient=locked.applicant,
        cohort=locked.call.cohort,
        not_after=inquiries.until(inquiry),
        refs={"inquiry": str(inquiry.pk), "application": str(locked.pk)},
    )
    return inquiry


@transaction.atomic
def take_back(*, inquiry: Inquiry, actor: User) -> Inquiry:
    """Close a question that has no answer yet; its mail is called off when it has not left.

    :raises NotPossible: it was answered.
    """
    locked = (
        Inquiry.objects.select_for_update(of=("self",)).select_related("application__call__cohort").get(pk=inquiry.pk)
    )
    if locked.state != State.ASKED:
        raise NotPossible(_("This question is closed."))
    move_inquiry(locked, State.TAKEN_BACK, actor=actor)
    outbox_api.cancel(refs={"inquiry": str(locked.pk)}, reason="called_back")
    return locked


@transaction.atomic
def answer(*, inquiry: Inquiry, words: str, actor: User) -> Inquiry:
    """Keep an applicant's answer among their answers, with the readers that were promised. What it replaces is kept.

    :raises NotPossible: the day is over, the question was taken back, or the application was withdrawn.
    """
    locked = (
        Inquiry.objects.select_for_update(of=("self",))
        .select_related("application__call__cohort", "application__applicant", "asked_by")
        .get(pk=inquiry.pk)
    )
    application = locked.application
    if application.state != Application.State.SUBMITTED:
        raise NotPossible(_("This application was withdrawn."))
    if inquiries.until(locked) < timezone.now():
        raise NotPossible(_("The day to answer has passed. Please write or call us: it may still help."))
    before = Answer.objects.filter(application=application, question=locked.answer_key).first()
    move_inquiry(locked, State.ANSWERED, actor=actor, answered_at=timezone.now())
    if before is not None and before.value != words:
        AnswerRevision.objects.create(application=application, question=locked.answer_key, value=before.value)
    Answer.objects.update_or_create(
        application=application,
        question=locked.answer_key,
        defaults={"value": words, "visibility": locked.readers, "saved_at": timezone.now()},
    )
    if locked.asked_by is not None and Role.COORDINATOR in roles_in(locked.asked_by, application.call.cohort_id):
        outbox_api.queue(
            kind="information_answered",
            key=f"information_answered:{locked.pk}",
            recipient=locked.asked_by,
            cohort=application.call.cohort,
            refs={"inquiry": str(locked.pk), "application": str(application.pk)},
        )
    return locked
