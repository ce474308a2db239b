"""Mail to readers, to the second person, to an applicant who is asked for more, and around getting ready."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from applications.call.letters.compose import more_information
from applications.common import inquiries
from applications.common.access_staff import kept_away
from applications.common.addresses import full_address
from applications.models import Application, Call, Inquiry, Offer, Release, Review, WelcomeTask
from applications.review import mail_samples, queries
from cohort.outbox.models import Message
from cohort.outbox.registry import kinds
from cohort.people.access import roles_in
from cohort.people.models import Role, User
from cohort.ui import times

UNSENT = (Review.State.ASSIGNED, Review.State.STARTED)
#: Days before (or after) the day to read by, and the name of each reminder.
READING_NUDGES = ((-3, "soon"), (1, "late"))
AT = time(10)


def _call(message: Message) -> Call | None:
    return Call.objects.filter(pk=message.refs.get("call")).select_related("cohort").first()


# ---------------------------------------------------------------- readings that are due


def _left(message: Message) -> tuple[int, date | None]:
    """How many readings of the call the reader has left, and the first day by which one is due."""
    if message.recipient is None:
        return 0, None
    rows = (
        queries.mine(message.recipient)
        .filter(application__call=message.refs.get("call"), state__in=UNSENT, due_on__isnull=False)
        .values_list("due_on", flat=True)
    )
    days = [day for day in rows if day is not None]
    return len(days), min(days, default=None)


def reading_due(now: datetime) -> Iterable[kinds.Planned]:
    """To each reader with readings left, at 10:00 in their own zone: three days before the day, and the day after."""
    ahead = now + kinds.HORIZON
    rows = (
        Review.objects.filter(
            state__in=UNSENT,
            due_on__gte=(now - timedelta(days=3)).date(),
            due_on__lte=(ahead + timedelta(days=4)).date(),
            application__state=Application.State.SUBMITTED,
            application__call__state__in=[Call.State.OPEN, Call.State.CLOSED],
        )
        .select_related("reader", "application__call__cohort")
        .order_by("assigned_at")
    )
    seen: dict[tuple[UUID, UUID, date], Review] = {}
    since: dict[tuple[UUID, UUID, date], datetime] = defaultdict(lambda: now)
    for review in rows:
        if review.due_on is None:
            continue
        key = (review.application.call_id, review.reader_id, review.due_on)
        seen.setdefault(key, review)
        since[key] = min(since[key], review.assigned_at)
    for (call_id, reader_id, day), review in seen.items():
        call, reader = review.application.call, review.reader
        zone = ZoneInfo(reader.time_zone or call.cohort.time_zone)
        for offset, name in READING_NUDGES:
            due = datetime.combine(day + timedelta(days=offset), AT, tzinfo=zone)
            if due > ahead:
                continue
            yield kinds.Planned(
                key=f"reading_due:{call_id}:{reader_id}:{day}:{name}",
                recipient=reader,
                cohort=call.cohort,
                due_at=due,
                not_after=due + timedelta(days=2),
                refs={"call": str(call_id)},
                since=since[call_id, reader_id, day],
            )


def _reading_context(message: Message) -> dict[str, Any]:
    left, day = _left(message)
    late = bool(day and day < message.due_at.date())
    return {
        "left": left,
        "until": times.day_words(day) if day else "",
        "late": late,
        "call": _call(message),
        "url": full_address("screening"),
    }


def _reading_needed(message: Message) -> str | None:
    return None if _left(message)[0] else "done"


# ---------------------------------------------------------------- a release that waits


def _release(message: Message) -> Release | None:
    found = Release.objects.filter(pk=message.refs.get("proposed"))
    return found.select_related("call__cohort", "proposed_by").first()


def _release_needed(message: Message) -> str | None:
    release = _release(message)
    if release is None or release.state != Release.State.PROPOSED:
        return "done"
    may = message.recipient is not None and Role.COORDINATOR in roles_in(message.recipient, release.call.cohort_id)
    return None if may else "no_role"


def _release_context(message: Message) -> dict[str, Any]:
    release = _release(message)
    assert release is not None
    return {
        "call": release.call,
        "who": release.proposed_by.called if release.proposed_by else "",
        "count": release.decisions.count(),
        "url": full_address("release", release.call.slug, release.pk),
    }


# ---------------------------------------------------------------- asked, and answered


def _inquiry(message: Message) -> Inquiry | None:
    return (
        Inquiry.objects.filter(pk=message.refs.get("inquiry"))
        .select_related("application__applicant", "application__call__cohort")
        .first()
    )


def _inquiry_needed(message: Message) -> str | None:
    inquiry = _inquiry(message)
    if inquiry is None or inquiry.application.state != Application.State.SUBMITTED:
        return "withdrawn"
    return None if inquiry.state == Inquiry.State.ASKED else "answered"


def _question_context(message: Message) -> dict[str, Any]:
    inquiry = _inquiry(message)
    assert inquiry is not None
    return {
        "letter": more_information(
            inquiry.application,
            question=inquiry.words,
            reply_until=inquiries.until(inquiry),
            at=inquiry.asked_at,
            url=full_address("information_answer", inquiry.application_id, inquiry.number),
        )
    }


def _answered_needed(message: Message) -> str | None:
    inquiry = _inquiry(message)
    if inquiry is None or inquiry.application.state != Application.State.SUBMITTED:
        return "withdrawn"
    reader = message.recipient
    if reader is None or Role.COORDINATOR not in roles_in(reader, inquiry.application.call.cohort_id):
        return "no_role"
    return "no_role" if kept_away(reader, inquiry.application) else None


def _answered_context(message: Message) -> dict[str, Any]:
    inquiry = _inquiry(message)
    assert inquiry is not None
    application = inquiry.application
    return {
        "number": application.reference,
        "call": application.call,
        "url": full_address("decision", application.call.slug, application.number),
    }


def _tied(message: Message, reader: User) -> bool:
    application = Application.objects.filter(pk=message.refs.get("application")).first()
    return application is None or kept_away(reader, application)


# ---------------------------------------------------------------- getting ready


def _offer(message: Message) -> Offer | None:
    return Offer.objects.filter(pk=message.refs.get("offer")).select_related("cohort", "application").first()


def _handover_needed(message: Message) -> str | None:
    offer = _offer(message)
    if offer is None or offer.state != Offer.State.ACCEPTED:
        return "changed"
    reader = message.recipient
    return None if reader is not None and Role.ACCESS in roles_in(reader, offer.cohort_id) else "no_role"


def _handover_context(message: Message) -> dict[str, Any]:
    offer = _offer(message)
    assert offer is not None
    return {"url": full_address("needs", offer.cohort.slug)}


def getting_ready(now: datetime) -> Iterable[kinds.Planned]:
    """One reminder for each new participant with steps left: at 10:00, the day before the first of them is due."""
    ahead = now + kinds.HORIZON
    rows = WelcomeTask.objects.filter(done_at__isnull=True, offer__state=Offer.State.ACCEPTED).select_related(
        "offer__application__applicant", "offer__cohort"
    )
    first = rows.order_by("offer_id", "due_on", "position").distinct("offer_id")
    for task in first.iterator(chunk_size=500):
        offer, person = task.offer, task.offer.application.applicant
        zone = ZoneInfo(person.time_zone or offer.cohort.time_zone)
        due = datetime.combine(task.due_on - timedelta(days=1), AT, tzinfo=zone)
        if now - timedelta(days=2) <= due <= ahead:
            yield kinds.Planned(
                key=f"getting_ready:{offer.pk}",
                recipient=person,
                cohort=offer.cohort,
                due_at=due,
                not_after=due + timedelta(days=2),
                refs={"offer": str(offer.pk)},
                since=offer.answered_at,
            )


def _ready_left(message: Message) -> list[WelcomeTask]:
    return list(
        WelcomeTask.objects.filter(
            offer=message.refs.get("offer"), offer__state="accepted", done_at__isnull=True
        ).order_by("due_on", "position")
    )


def _ready_needed(message: Message) -> str | None:
    return None if _ready_left(message) else "done"


def _ready_context(message: Message) -> dict[str, Any]:
    left = _ready_left(message)
    until = times.day_words(left[0].due_on) if left else ""
    return {"left": len(left), "until": until, "url": full_address("welcome", message.refs["offer"])}


# ---------------------------------------------------------------- the kinds


def _kind(name: str, template: str, **policy: Any) -> kinds.MessageKind:
    return kinds.MessageKind(name=name, template=f"applications/{template}", **policy)


#: What holds for every kind to readers and coordinators.
STAFF: dict[str, Any] = {"klass": "F", "members_only": True}
KINDS = (
    _kind(
        "reading_due",
        "review/mail/reading_due",
        **STAFF,
        title=_("Applications to read"),
        context=_reading_context,
        still_needed=_reading_needed,
        plan=reading_due,
        plan_is_complete=True,
        example=mail_samples.due,
        on_unknown="drop",
        about=_("A reminder that applications wait for your scores. Two at most for each due date."),
        when=_("3 days before the day to read by, and the day after, at 10:00"),
        expires=_("After 2 days"),
    ),
    _kind(
        "release_waits",
        "review/mail/release_waits",
        **STAFF,
        title=_("A release waits for a second person"),
        context=_release_context,
        still_needed=_release_needed,
        example=mail_samples.waits,
        on_unknown="resend",
        can_stop=False,
        about=_("Another coordinator put decisions together and asks you to read and approve them."),
        when=_("When a release is put together"),
        expires=_("When it is approved or cancelled"),
    ),
    _kind(
        "more_information",
        "common/mail/decision",
        klass="A",
        title=_("A question about an application"),
        context=_question_context,
        still_needed=_inquiry_needed,
        example=mail_samples.question,
        on_unknown="resend",
        previewed_by=(Role.COORDINATOR,),
        hidden_from=_tied,
        about=_("Staff ask an applicant for something that is missing or unclear."),
        when=_("When a coordinator asks"),
        expires=_("At the end of the day to answer"),
    ),
    _kind(
        "information_answered",
        "review/mail/answered",
        **STAFF,
        title=_("An applicant has answered"),
        context=_answered_context,
        still_needed=_answered_needed,
        example=mail_samples.answered,
        on_unknown="drop",
        hidden_from=_tied,
        about=_("An applicant has answered the question that you asked."),
        when=_("When the answer comes in"),
        expires=_("Never"),
    ),
    _kind(
        "access_handover",
        "review/mail/handover",
        **STAFF,
        title=_("Access needs to look at"),
        context=_handover_context,
        still_needed=_handover_needed,
        example=mail_samples.handed_over,
        on_unknown="resend",
        can_stop=False,
        listed=False,
        previewed_by=(Role.ACCESS,),
        about=_("A participant who accepted a place has said what would help them take part."),
        when=_("When they accept, or add something"),
        expires=_("Never"),
    ),
    _kind(
        "getting_ready",
        "review/mail/getting_ready",
        klass="B",
        members_only=True,
        title=_("Steps before the first session"),
        context=_ready_context,
        still_needed=_ready_needed,
        plan=getting_ready,
        plan_is_complete=True,
        example=mail_samples.getting_ready,
        on_unknown="drop",
        topic="prework",
        about=_("One reminder that a few small steps are left before the first session."),
        when=_("The day before the first of them is due, at 10:00"),
        expires=_("After 2 days"),
    ),
)


def register() -> None:
    for kind in KINDS:
        kinds.register(kind)
