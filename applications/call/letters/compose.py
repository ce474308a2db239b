"""The letters to applicants: what fills their placeholders, and which text of theirs is in force.

Each letter about an outcome gives a person's name and ways to reach them, and holds no score, no identity or access
answer, and nothing that readers wrote. One list of paragraphs is the source of the text part, the HTML part and the
preview, so they cannot differ. The texts stand in :mod:`applications.call.letters.templates`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from applications.call.letters.queries import text_for
from applications.call.letters.templates import KINDS, Letter, LetterTemplate, Paragraph, compose
from applications.common.addresses import full_address
from applications.models import Application, Call, Decision, EmployerConfirmation, FormVersion, Release, Review
from cohort.people.models import User
from cohort.ui import times

__all__ = [
    "LETTERS",
    "Letter",
    "Paragraph",
    "contact",
    "extended",
    "letter_for",
    "more_information",
    "preview",
    "public_reason",
    "received",
    "reply_by",
]

FEEDBACK_DAYS, APPEAL_DAYS, REPLY_DAYS = 21, 21, 10
KEEP_DAYS = 365  # retention class not_selected: from the day of the decision
LETTERS = (Decision.Value.INVITE, Decision.Value.WAITLIST, Decision.Value.DECLINE, Decision.Value.NOT_ELIGIBLE)


def reply_by(call: Call, told_at: datetime, person: User | None = None) -> datetime:
    """Until when an offer told at ``told_at`` can be answered: the end of the day ``call.accept_days`` later, in the
    time zone of ``person``; in the cohort's while they have chosen none."""
    zone = ZoneInfo(_zone(person, call)) if person is not None else call.cohort.zone
    day = told_at.astimezone(zone).date() + timedelta(days=call.accept_days)
    return datetime.combine(day, time(23, 59, 59), tzinfo=zone)


def public_reason(call: Call, code: str) -> str:
    """What an applicant is told for a reason code, by the call's frozen form; empty for codes without public words."""
    definition = FormVersion.objects.filter(call=call).order_by("-number").values_list("definition", flat=True).first()
    rows = (definition or {}).get("decline_reason_codes", [])
    said = next((str(row.get("public", "")) for row in rows if row.get("code") == code), "")
    spoken = (definition or {}).get("translations", {}).get((get_language() or "en").partition("-")[0], {})
    return str(spoken.get(said, said))


def _zone(user: User, call: Call) -> str:
    return user.time_zone or call.cohort.time_zone


def manage_url(application: Application) -> str:
    return full_address("application", application.pk)


def contact(call: Call) -> Paragraph:
    """A person's name and two ways to reach them: those of the call when it has its own, else the cohort's."""
    own, cohort = call.facts, call.cohort
    ways = [
        str(way)
        for way in (own.get("contact_email") or cohort.contact_email, own.get("contact_phone") or cohort.contact_phone)
        if way
    ]
    name = str(own.get("contact_name") or cohort.contact_name) or _("the coordinators of %(cohort)s") % {
        "cohort": cohort.name
    }
    if len(ways) == 2:
        return Paragraph(
            _("Questions? Write or call %(name)s: %(email)s, %(phone)s.")
            % {"name": name, "email": ways[0], "phone": ways[1]}
        )
    if ways:
        return Paragraph(
            _("Questions? Reach %(name)s: %(way)s, or answer this email.") % {"name": name, "way": ways[0]}
        )
    return Paragraph(_("Questions? Answer this email, and %(name)s will reply.") % {"name": name})


def _letter(
    name: str,
    application: Application,
    values: Mapping[str, str],
    links: Mapping[str, str],
    *,
    text: LetterTemplate | None,
    at: datetime | None,
) -> Letter:
    call = application.call
    common = {
        "name": application.applicant.called,
        "program": call.cohort.name,
        "ref": application.reference,
        "contact": contact(call).words,
    }
    return compose(KINDS[name], text or text_for(call, name, at=at), {**common, **values}, links)


# ---------------------------------------------------------------- outcomes


def letter_for(decision: Decision, *, told_at: datetime | None = None, text: LetterTemplate | None = None) -> Letter:
    """The letter for one decision, as it goes out at ``told_at`` (now, for a preview).

    The words are those that stood when its release was approved; a later edit changes nothing about it.

    :param text: words that are not saved yet, for a look at them.
    :raises LookupError: decisions of this kind have no letter.
    """
    filler = _FILLERS.get(decision.value)
    if filler is None:
        raise LookupError(f"No letter for {decision.value}.")
    release = decision.release
    at = told_at or (release.undo_until if release and release.undo_until else timezone.now())
    told = release is not None and release.state in (Release.State.APPROVED, Release.State.SENT)
    values, links = filler(decision, at)
    letter = _letter(
        name_for(decision),
        decision.application,
        values,
        links,
        text=text,
        at=release.approved_at if told and release else None,
    )
    return replace(letter, paragraphs=(*letter.paragraphs, *_feedback(decision)))


def _feedback(decision: Decision) -> list[Paragraph]:
    """What readers wrote to the applicant, when the call shares it and there is no place for them now. Never their
    names, levels or private notes."""
    application = decision.application
    if not application.call.facts.get("share_comments") or decision.value == Decision.Value.INVITE:
        return []
    sent = Review.objects.filter(application=application, state=Review.State.SUBMITTED).exclude(shared_comment="")
    words = list(sent.order_by("pk").values_list("shared_comment", flat=True))
    head = [Paragraph(_("What readers wrote to you:"))] if words else []
    return [*head, *(Paragraph(f"“{one.strip()}”") for one in words)]


def name_for(decision: Decision) -> str:
    """Which letter a decision gets: a key of :data:`applications.call.letters.templates.KINDS`."""
    if decision.value == Decision.Value.INVITE and decision.reason_code == "PLACE_OPENED":
        return "place_opened"
    return str(decision.value)


Filled = tuple[dict[str, str], dict[str, str]]


def _invite(decision: Decision, at: datetime) -> Filled:
    application, call = decision.application, decision.application.call
    offer = getattr(decision, "offer", None)
    until = offer.reply_by if offer else reply_by(call, at, application.applicant)
    return {
        "accept_by": times.when_words(until, _zone(application.applicant, call)),
        "days": str(call.accept_days),
        "yes_to": _asks(call),
    }, {"accept_link": full_address("offer", offer.pk) if offer else ""}


def _asks(call: Call) -> str:
    cohort = call.cohort
    parts = []
    if call.facts.get("session_dates"):
        parts.append(str(call.facts["session_dates"]))
    elif cohort.starts_on and cohort.ends_on:
        parts.append(
            _("sessions from %(start)s to %(end)s")
            % {
                "start": times.day_words(cohort.starts_on, weekday=False),
                "end": times.day_words(cohort.ends_on, weekday=False),
            }
        )
    parts.append(_("about %(hours)s hours a month") % {"hours": cohort.hours_per_month})
    parts.append(_("the three commitments you made when you applied"))
    return "; ".join(parts)


def _waitlist(decision: Decision, at: datetime) -> Filled:
    call = decision.application.call
    close = call.facts.get("waitlist_close") or (
        times.day_words(call.cohort.starts_on) if call.cohort.starts_on else ""
    )
    rule = call.facts.get("waitlist_rule") or _(
        "first by how closely the application matched the criteria, then by fit to the place that opened, then by a "
        "recorded draw"
    )
    return {"rule": str(rule), "told_by": _("by %(day)s") % {"day": close} if close else ""}, {
        "application_link": manage_url(decision.application)
    }


def _decline(decision: Decision, at: datetime) -> Filled:
    application, call = decision.application, decision.application.call
    applied = Application.objects.filter(call=call, state=Application.State.SUBMITTED).count()
    today = at.astimezone(call.cohort.zone).date()
    reason = public_reason(call, decision.reason_code) or _(
        "Other applications matched the criteria more closely this time."
    )
    own = call.facts
    return {
        "pool": _pool(applied, call.cohort.seats, _read_by(application)),
        "reason": reason if reason.endswith(".") else f"{reason}.",
        "feedback_until": times.day_words(today + timedelta(days=FEEDBACK_DAYS)),
        "appeal_until": times.day_words(today + timedelta(days=APPEAL_DAYS)),
        "appeal_contact": str(
            own.get("appeal_contact")
            or own.get("contact_email")
            or call.cohort.contact_email
            or own.get("contact_name")
            or call.cohort.contact_name
            or _("us")
        ),
        "delete_on": times.day_words(today + timedelta(days=KEEP_DAYS)),
    }, {"application_link": manage_url(application)}


def _read_by(application: Application) -> int:
    return Review.objects.filter(application=application, state=Review.State.SUBMITTED).count()


def _pool(applied: int, seats: int, read_by: int) -> str:
    """How many applied, and how many people really read this application."""
    first = ngettext(
        "%(applied)s person applied for %(seats)s places.", "%(applied)s people applied for %(seats)s places.", applied
    ) % {"applied": applied, "seats": seats}
    if not read_by:
        return first
    second = ngettext(
        "Your application was read by %(readers)s person, using the criteria in the call.",
        "Your application was read by %(readers)s people, using the criteria in the call.",
        read_by,
    ) % {"readers": read_by}
    return f"{first} {second}"


def _not_eligible(decision: Decision, at: datetime) -> Filled:
    call = decision.application.call
    rule = call.facts.get("eligibility_rule") or _(
        "work for, lead, or serve on the board of an organization that provides or funds health or social services in "
        "%(region)s, and can make or move change there"
    ) % {"region": call.cohort.place or _("the region")}
    until = at.astimezone(call.cohort.zone).date() + timedelta(days=REPLY_DAYS)
    return {
        "rule": str(rule),
        "reply_by": times.day_words(until),
        "reason": public_reason(call, decision.reason_code) or _("The eligibility rule was not met."),
    }, {"application_link": manage_url(decision.application)}


_FILLERS: Mapping[str, Any] = {
    Decision.Value.INVITE: _invite,
    Decision.Value.WAITLIST: _waitlist,
    Decision.Value.DECLINE: _decline,
    Decision.Value.NOT_ELIGIBLE: _not_eligible,
}


# ---------------------------------------------------------------- before the outcome


def received(application: Application, *, text: LetterTemplate | None = None) -> Letter:
    """The receipt for a sent application, in the words that stood when it was sent."""
    call = application.call
    zone = _zone(application.applicant, call)
    known = not application._state.adding
    asked = EmployerConfirmation.objects.filter(application=application).first() if known else None
    confirmer = (
        ""
        if asked is None
        else (
            _("We asked the person you named for a short confirmation. It has not arrived yet.")
            if asked.state == EmployerConfirmation.State.ASKED
            else _("We asked the person you named for a short confirmation. We have their reply.")
        )
    )
    sent = application.submitted_at or timezone.now()
    return _letter(
        "received",
        application,
        {
            "sent_at": times.when_words(sent, zone),
            "readers": str(call.readers_per_application),
            "confirmer": confirmer,
            "told_by": _("by %(day)s") % {"day": times.day_words(call.decisions_on)}
            if call.decisions_on
            else _("as soon as decisions are made"),
            "deadline": times.when_words(call.closes_at, call.cohort.zone) if call.closes_at else "",
        },
        {"application_link": manage_url(application)},
        text=text,
        at=application.submitted_at,
    )


def more_information(
    application: Application,
    *,
    question: str,
    reply_until: datetime,
    url: str = "",
    text: LetterTemplate | None = None,
    at: datetime | None = None,
) -> Letter:
    """The letter that asks one applicant for more. ``question`` is what a coordinator wrote."""
    zone = _zone(application.applicant, application.call)
    return _letter(
        "more_information",
        application,
        {
            "question": question,
            "reply_by": times.when_words(reply_until, zone),
        },
        {"reply_link": url or manage_url(application)},
        text=text,
        at=at,
    )


def extended(application: Application, *, text: LetterTemplate | None = None, at: datetime | None = None) -> Letter:
    """The letter about a later closing time, which is named with the cohort's time zone.

    :param at: when the call was extended; the words that stood then are used.
    """
    call = application.call
    until = call.closes_at or timezone.now()
    return _letter(
        "deadline_extended",
        application,
        {"new_deadline": times.when_words(until, call.cohort.zone)},
        {"application_link": manage_url(application)},
        text=text,
        at=at,
    )


def preview(name: str, application: Application, text: LetterTemplate | None = None) -> Letter:
    """Letter ``name`` as this applicant would get it now, whatever was or will be decided about them."""
    if name == "received":
        return received(application, text=text or text_for(application.call, name))
    if name == "deadline_extended":
        return extended(application, text=text)
    if name == "more_information":
        return more_information(
            application,
            question=_("[your question stands here]"),
            text=text,
            reply_until=timezone.now() + timedelta(days=REPLY_DAYS),
        )
    value = Decision.Value.INVITE if name == "place_opened" else Decision.Value(name)
    code = {"place_opened": "PLACE_OPENED", "decline": "SCORE_BELOW_LINE", "not_eligible": "INELIGIBLE"}.get(name, "")
    made_up = Decision(application=application, value=value, reason_code=code)
    return letter_for(made_up, text=text or text_for(application.call, name))
