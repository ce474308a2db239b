"""Mail about a call: answers to questions, more time, and questions that wait for coordinators."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.call.letters import compose
from applications.call.letters import samples as letters_samples
from applications.models import Application, Call, CallQuestion
from cohort.outbox.previews import samples as previews_samples
from cohort.outbox.registry import audience, kinds
from cohort.people.models import Role

WAITS = dt.timedelta(days=1)  # a question that waits longer is worth a mail
NUDGE_AT = dt.time(9)  # on the cohort's clocks


def _question(message: Any) -> CallQuestion | None:
    rows = CallQuestion.objects.select_related("call__cohort", "asker", "answered_by")
    return rows.filter(pk=message.refs.get("question")).first()


def _answer_context(message: Any) -> dict[str, Any]:
    found = _question(message)
    assert found is not None
    return _answer(found)


def _answer(found: CallQuestion) -> dict[str, Any]:
    return {
        "question": found,
        "call": found.call,
        "name": found.asker.called if found.asker else found.name,
        "by": found.answered_by.called if found.answered_by else "",
        "contact": compose.contact(found.call).words,
        "url": settings.SITE_URL + reverse("applications:call", args=[found.call.slug]),
    }


def _answer_needed(message: Any) -> str | None:
    found = _question(message)
    return None if found is not None and found.state == CallQuestion.State.ANSWERED else "not needed"


def _answer_example() -> dict[str, Any]:
    return _answer(
        CallQuestion(
            id=previews_samples.NOTHING,
            call=letters_samples.call(),
            asker=previews_samples.person(),
            answered_by=previews_samples.person(),
            words=str(_("Can two people from one organization apply?")),
            answer=str(_("Yes. Each applies alone, and nobody sees the other’s application.")),
        )
    )


# ---------------------------------------------------------------- more time


def _extended(message: Any) -> Application | None:
    found = Application.objects.select_related("call__cohort", "applicant")
    return found.filter(pk=message.refs.get("application")).first()


def _extended_context(message: Any) -> dict[str, Any]:
    found = _extended(message)
    assert found is not None
    return {"letter": compose.extended(found, at=message.created_at)}


def _extended_needed(message: Any) -> str | None:
    found = _extended(message)
    if found is None or found.state == Application.State.WITHDRAWN:
        return "not needed"
    call = found.call
    if not call.closes_at or int(call.closes_at.timestamp()) != message.refs.get("closes"):
        return "changed"
    return None if call.takes_new(timezone.now()) else "closed"


def _extended_example() -> dict[str, Any]:
    return {"letter": compose.extended(letters_samples.application())}


# ---------------------------------------------------------------- questions that wait


def _waiting_plan(now: dt.datetime) -> Iterable[kinds.Planned]:
    """One mail a day at most, at nine, to each coordinator of a call with a question older than a day."""
    rows = (
        Call.objects.filter(questions__state=CallQuestion.State.OPEN)
        .annotate(oldest=Min("questions__asked_at"))
        .select_related("cohort")
        .order_by("cohort_id", "pk")
    )
    cohorts = {call.cohort_id for call in rows}
    for call, member in audience.beside(rows, lambda call: call.cohort_id, cohorts, Role.COORDINATOR):
        local = now.astimezone(call.cohort.zone)
        for days in range(3):
            due = dt.datetime.combine(local.date() + dt.timedelta(days=days), NUDGE_AT, tzinfo=call.cohort.zone)
            if due.weekday() > 4 or not (now - dt.timedelta(hours=1) <= due <= now + kinds.HORIZON):
                continue
            if call.oldest > due - WAITS:
                continue
            yield kinds.Planned(
                key=f"call_questions:{call.pk}:{member.user_id}:{due.date().isoformat()}",
                recipient=member.user,
                cohort=call.cohort,
                refs={"call": str(call.pk)},
                due_at=due,
                not_after=due + dt.timedelta(hours=12),
            )


def _waiting_context(message: Any) -> dict[str, Any]:
    call = Call.objects.get(pk=message.refs["call"])
    count = CallQuestion.objects.filter(call=call, state=CallQuestion.State.OPEN).count()
    return {"call": call, "count": count, "url": settings.SITE_URL + reverse("applications:inbox", args=[call.slug])}


def _waiting_needed(message: Any) -> str | None:
    waits = CallQuestion.objects.filter(call=message.refs.get("call"), state=CallQuestion.State.OPEN)
    return None if waits.exists() else "answered"


def _waiting_example() -> dict[str, Any]:
    found = letters_samples.call()
    return {"call": found, "count": 3, "url": previews_samples.address("applications:call", found.slug)}


def register() -> None:
    from applications.call import tasks  # noqa: F401  the worker must know them

    kinds.register(
        kinds.MessageKind(
            name="call_question_answer",
            klass="A",
            title=_("Answer to a question about a call"),
            template="applications/call/mail/answer",
            context=_answer_context,
            still_needed=_answer_needed,
            example=_answer_example,
            previewed_by=(),
            on_unknown="resend",
            about=_("When you asked about a call: what the coordinators answered."),
            when=_("When a coordinator answers"),
            expires=_("After 7 days"),
        )
    )
    kinds.register(
        kinds.MessageKind(
            name="deadline_extended",
            klass="A",
            title=_("More time to apply"),
            template="applications/common/mail/decision",
            context=_extended_context,
            still_needed=_extended_needed,
            example=_extended_example,
            previewed_by=(),
            on_unknown="drop",
            about=_("When a call closes later than it said: the new time. To all who started or sent an application."),
            when=_("When coordinators extend a call, once for each extension"),
            expires=_("When the call closes"),
        )
    )
    kinds.register(
        kinds.MessageKind(
            name="call_questions_waiting",
            klass="F",
            title=_("Questions about a call wait"),
            template="applications/call/mail/waiting",
            context=_waiting_context,
            still_needed=_waiting_needed,
            example=_waiting_example,
            plan=_waiting_plan,
            on_unknown="drop",
            members_only=True,
            why=_("You get this because you coordinate this cohort."),
            about=_("Once on a working day, while a question about a call of yours waits longer than a day."),
            when=_("At 9:00 on working days"),
            expires=_("After 12 hours"),
        )
    )
