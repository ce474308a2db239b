"""Invented facts for examples of mail about applying. Nothing here is read from or written to a row."""

from __future__ import annotations

from datetime import time
from typing import Any

from applications.call.letters.compose import contact, letter_for, received
from applications.models import Application, Call, Decision, EmployerConfirmation, Offer
from cohort.outbox.previews import samples as previews_samples
from cohort.outbox.registry import wall_time


def call() -> Call:
    """An open call that does not exist. Not saved."""
    return Call(
        id=previews_samples.NOTHING,
        cohort=previews_samples.cohort(),
        slug="example",
        title="Example",
        state=Call.State.OPEN,
        opens_at=previews_samples.day(-21),
        closes_at=previews_samples.day(14, time(17)),
        decisions_on=previews_samples.day(42).date(),
    )


def application() -> Application:
    """A sent application of the example person. Not saved."""
    return Application(
        id=previews_samples.NOTHING,
        call=call(),
        applicant=previews_samples.person(),
        number=187,
        state=Application.State.SUBMITTED,
        submitted_at=previews_samples.day(-1, time(16, 20)),
    )


def applicant_of(real: Call) -> Application:
    """An invented applicant of a call that does exist, to show a letter of it. Not saved."""
    found = application()
    found.call = real
    return found


def _facts(found: Call) -> dict[str, str]:
    cohort = found.cohort
    return {
        "programme_name": cohort.name,
        "hours_per_month": "9",
        "help_contact": ", ".join((cohort.contact_name, cohort.contact_email, cohort.contact_phone)),
    }


def about_application() -> dict[str, Any]:
    found = application()
    return {
        "application": found,
        "call": found.call,
        "facts": _facts(found.call),
        "asked": None,
        "zone": wall_time.zone_named(found.call.cohort.time_zone),
        "url": previews_samples.address("applications:application", found.pk),
    }


def about_receipt() -> dict[str, Any]:
    return {"letter": received(application())}


def about_employer() -> dict[str, Any]:
    """The address is of the call's page: a real one would let its reader answer."""
    found = application()
    asked = EmployerConfirmation(
        id=previews_samples.NOTHING, application=found, email="pat.lee@example.org", expires_at=previews_samples.day(21)
    )
    return {
        "confirmation": asked,
        "person": found.applicant,
        "call": found.call,
        "facts": _facts(found.call),
        "zone": wall_time.zone_named(found.call.cohort.time_zone),
        "url": previews_samples.address("applications:call", found.call.slug),
    }


def _invitation(reason_code: str) -> Decision:
    decision = Decision(
        id=previews_samples.NOTHING, application=application(), value=Decision.Value.INVITE, reason_code=reason_code
    )
    _offer(decision)
    return decision


def _offer(decision: Decision) -> Offer:
    return Offer(
        id=previews_samples.NOTHING,
        application=decision.application,
        decision=decision,
        cohort=previews_samples.cohort(),
        reply_by=previews_samples.day(0, time(23, 59)),
        made_at=previews_samples.day(-7),
    )


def about_decision() -> dict[str, Any]:
    return {"letter": letter_for(_invitation("SELECTED"), told_at=previews_samples.day(-7))}


def about_place() -> dict[str, Any]:
    return {"letter": letter_for(_invitation("PLACE_OPENED"), told_at=previews_samples.day(-7))}


def about_offer() -> dict[str, Any]:
    offer = _offer(_invitation("SELECTED"))
    return {
        "offer": offer,
        "url": previews_samples.address("applications:offer", offer.pk),
        "contact": contact(offer.application.call).words,
    }
