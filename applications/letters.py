"""The letters about an outcome, in the outlines of ``application_form.yaml`` (letters).

Each letter says the outcome in its first sentence, gives a person's name and two ways to reach them,
and holds no score, no identity or access answer, and nothing that readers wrote. One list of
paragraphs is the source of the text part, the HTML part and the preview, so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models import Application, Call, Decision, FormVersion, Review
from cohort.people.models import User
from cohort.ui import times

FEEDBACK_DAYS, APPEAL_DAYS, REPLY_DAYS = 21, 21, 10
KEEP_DAYS = 365  # retention class not_selected: from the day of the decision
LETTERS = (Decision.Value.INVITE, Decision.Value.WAITLIST, Decision.Value.DECLINE, Decision.Value.NOT_ELIGIBLE)


@dataclass(frozen=True)
class Paragraph:
    """One paragraph. ``url`` goes below it as a link with the words ``action``."""

    words: str
    url: str = ""
    action: str = ""


@dataclass(frozen=True)
class Letter:
    subject: str
    paragraphs: tuple[Paragraph, ...]


def reply_by(call: Call, told_at: datetime) -> datetime:
    """Until when an offer told at ``told_at`` can be answered: the end of the day ``call.accept_days`` later,
    in the cohort's time zone."""
    zone = call.cohort.zone
    day = told_at.astimezone(zone).date() + timedelta(days=call.accept_days)
    return datetime.combine(day, time(23, 59, 59), tzinfo=zone)


def public_reason(call: Call, code: str) -> str:
    """What an applicant is told for a reason code, by the call's frozen form; empty for codes without public words."""
    definition = FormVersion.objects.filter(call=call).order_by("-number").values_list("definition", flat=True).first()
    rows = (definition or {}).get("decline_reason_codes", [])
    return next((str(row.get("public", "")) for row in rows if row.get("code") == code), "")


def _zone(user: User, call: Call) -> str:
    return user.time_zone or call.cohort.time_zone


def _address(name: str, *args: Any) -> str:
    """A full address; the site's own when the page does not exist here."""
    try:
        return settings.SITE_URL + reverse(f"applications:{name}", args=args)
    except NoReverseMatch:
        return settings.SITE_URL + "/"


def manage_url(application: Application) -> str:
    return _address("application", application.pk)


def contact(call: Call) -> Paragraph:
    """A person's name and two ways to reach them."""
    cohort = call.cohort
    ways = [way for way in (cohort.contact_email, cohort.contact_phone) if way]
    name = cohort.contact_name or _("the coordinators of %(cohort)s") % {"cohort": cohort.name}
    if len(ways) == 2:
        return Paragraph(
            _("Questions? Write or call %(name)s: %(email)s, %(phone)s.")
            % {"name": name, "email": ways[0], "phone": ways[1]}
        )
    if ways:
        return Paragraph(_("Questions? Reach %(name)s: %(way)s, or answer this mail.") % {"name": name, "way": ways[0]})
    return Paragraph(_("Questions? Answer this mail, and %(name)s will reply.") % {"name": name})


def letter_for(decision: Decision, *, told_at: datetime | None = None) -> Letter:
    """The letter for one decision, as it goes out at ``told_at`` (now, for a preview).

    :raises LookupError: decisions of this kind have no letter.
    """
    writer = _WRITERS.get(decision.value)
    if writer is None:
        raise LookupError(f"No letter for {decision.value}.")
    at = told_at or (
        decision.release.undo_until if decision.release and decision.release.undo_until else timezone.now()
    )
    return writer(decision, at)


def _greeting(decision: Decision) -> Paragraph:
    return Paragraph(_("Dear %(name)s,") % {"name": decision.application.applicant.called})


def _invite(decision: Decision, at: datetime) -> Letter:
    application, call = decision.application, decision.application.call
    cohort, user = call.cohort, application.applicant
    offer = getattr(decision, "offer", None)
    until = times.when_words(offer.reply_by if offer else reply_by(call, at), _zone(user, call))
    if decision.reason_code == "PLACE_OPENED":
        first = _("A place has opened, and we are glad to offer it to you: a place in %(cohort)s.")
        subject = _("A place has opened for you in %(cohort)s")
    else:
        first, subject = _("We are glad to offer you a place in %(cohort)s."), _("You are invited to join %(cohort)s")
    rows = [
        _greeting(decision),
        Paragraph(first % {"cohort": cohort.name}),
        Paragraph(
            _("Please accept or decline by %(until)s. If we do not hear from you, we will call before offering the "
              "place to someone else.") % {"until": until},
            url=_address("offer", offer.pk) if offer else "", action=_("Accept or decline"),
        ),
        Paragraph(_asks(call)),
        Paragraph(_("What we will do: facilitation, materials in advance, and support with access.")),
        Paragraph(_("After you accept, tell us your access needs and whether your name may be listed.")),
        contact(call),
    ]  # fmt: skip
    return Letter(subject % {"cohort": cohort.name}, tuple(rows))


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
    return _("What you say yes to: %(parts)s.") % {"parts": "; ".join(parts)}


def _waitlist(decision: Decision, at: datetime) -> Letter:
    call = decision.application.call
    close = call.facts.get("waitlist_close") or (
        times.day_words(call.cohort.starts_on) if call.cohort.starts_on else ""
    )
    rule = call.facts.get("waitlist_rule") or _(
        "first by how closely the application matched the criteria, then by fit to the place that opened, then by a "
        "recorded draw"
    )
    rows = [
        _greeting(decision),
        Paragraph(_("We could not offer you a place yet; you are on the waiting list.")),
        Paragraph(_("More people were ready for this program than we have places. When a place opens, we choose by the "
                    "rule in our call for applications: %(rule)s.") % {"rule": rule}),
        Paragraph((_("We will tell you by %(day)s either way. You can leave the list at any time.") % {"day": close})
                  if close else _("We will tell you either way. You can leave the list at any time."),
                  url=manage_url(decision.application), action=_("Your application")),
        Paragraph(_("If you said so, we keep your application for the next cohort.")),
        contact(call),
    ]  # fmt: skip
    return Letter(_("Your application to %(cohort)s: waiting list") % {"cohort": call.cohort.name}, tuple(rows))


def _decline(decision: Decision, at: datetime) -> Letter:
    application, call = decision.application, decision.application.call
    applied = Application.objects.filter(call=call, state=Application.State.SUBMITTED).count()
    today = at.astimezone(call.cohort.zone).date()
    reason = public_reason(call, decision.reason_code) or _(
        "Other applications matched the criteria more closely this time."
    )
    feedback = times.day_words(today + timedelta(days=FEEDBACK_DAYS))
    appeal = times.day_words(today + timedelta(days=APPEAL_DAYS))
    who = call.facts.get("appeal_contact") or call.cohort.contact_email or call.cohort.contact_name
    rows = [
        _greeting(decision),
        Paragraph(_("Thank you for applying; we are not able to offer you a place this time.")),
        Paragraph(_pool(applied, call.cohort.seats, _read_by(application))),
        Paragraph(_("The main reason we recorded: %(reason)s You may ask for a short conversation about it until "
                    "%(until)s.") % {"reason": reason if reason.endswith(".") else f"{reason}.", "until": feedback}),
        Paragraph(_("If you think that a step was missed or a rule was not followed, you can ask for a check by "
                    "writing to %(who)s until %(until)s. The check looks at the process.")
                  % {"who": who, "until": appeal}),
        Paragraph(_("You can delete your application now, or let us delete it on %(day)s.")
                  % {"day": times.day_words(today + timedelta(days=KEEP_DAYS))},
                  url=manage_url(application), action=_("Your application")),
        contact(call),
    ]  # fmt: skip
    return Letter(_("The outcome of your application to %(cohort)s") % {"cohort": call.cohort.name}, tuple(rows))


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


def _not_eligible(decision: Decision, at: datetime) -> Letter:
    call = decision.application.call
    rule = call.facts.get("eligibility_rule") or _(
        "work for, lead, or serve on the board of an organization that provides or funds health or social services in "
        "%(region)s, and can make or move change there"
    ) % {"region": call.cohort.place or _("the region")}
    until = times.day_words(at.astimezone(call.cohort.zone).date() + timedelta(days=REPLY_DAYS))
    reason = public_reason(call, decision.reason_code) or _("The eligibility rule was not met.")
    rows = [
        _greeting(decision),
        Paragraph(_("We cannot offer you a place: from your answers, %(cohort)s does not look like a fit right now.")
                  % {"cohort": call.cohort.name}),
        Paragraph(_("This program is for people who %(rule)s. The reason we recorded: %(reason)s")
                  % {"rule": rule, "reason": reason}),
        Paragraph(_("If we misunderstood, reply by %(until)s and we will look again.") % {"until": until},
                  url=manage_url(decision.application), action=_("Your application")),
        contact(call),
    ]  # fmt: skip
    return Letter(_("Your application to %(cohort)s") % {"cohort": call.cohort.name}, tuple(rows))


_WRITERS: Mapping[str, Any] = {
    Decision.Value.INVITE: _invite,
    Decision.Value.WAITLIST: _waitlist,
    Decision.Value.DECLINE: _decline,
    Decision.Value.NOT_ELIGIBLE: _not_eligible,
}
