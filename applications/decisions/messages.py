"""Mail about outcomes, and to the second person while a release waits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from applications.call.letters import samples as letters_samples
from applications.call.letters.compose import letter_for
from applications.common.access_staff import must_not_see
from applications.common.addresses import full_address
from applications.models import Application, Decision, Offer, Recusal, Release
from cohort.outbox.models import Message
from cohort.outbox.previews import samples as previews_samples
from cohort.outbox.registry import kinds
from cohort.people.access import roles_in
from cohort.people.models import Cohort, Role, User


def _decision(message: Message) -> Decision | None:
    return (
        Decision.objects.filter(pk=message.refs.get("decision"))
        .select_related("application__applicant", "application__call__cohort", "release", "offer")
        .first()
    )


def _decision_needed(message: Message) -> str | None:
    """A letter goes only while its decision is in force and its release was not called back."""
    decision = _decision(message)
    if decision is None or decision.superseded_at:
        return "changed"
    if decision.release is None or str(decision.release_id) != message.refs.get("release"):
        return "called_back"
    if decision.release.state not in (Release.State.APPROVED, Release.State.SENT):
        return "called_back"
    if decision.application.state != Application.State.SUBMITTED:
        return "withdrawn"
    offer = getattr(decision, "offer", None)
    if offer is not None and offer.state != Offer.State.OPEN:
        return "answered"
    return None


def _decision_context(message: Message) -> dict[str, Any]:
    decision = _decision(message)
    assert decision is not None
    return {"letter": letter_for(decision)}


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


def _release_example() -> dict[str, Any]:
    found = letters_samples.call()
    url = previews_samples.address("applications:release_new", found.slug)
    return {"call": found, "who": "Sam Okafor", "count": 24, "url": url}


# ---------------------------------------------------------------- who must stay away


def ties(reader: User, cohort: Cohort) -> Iterable[dict[str, str]]:
    """Applications of a cohort's calls that ``reader`` must stay away from, as refs (one statement)."""
    away = Recusal.objects.keeping_away().filter(person=reader, application__call__cohort=cohort)
    return [{"application": str(pk)} for pk in away.values_list("application_id", flat=True)]


def register() -> None:
    """Message kinds, and the work that beat starts."""
    from applications.decisions import tasks  # noqa: F401  the worker must know them

    kinds.register(
        kinds.MessageKind(
            name="application_decision",
            klass="A",
            title=_("Decision on an application"),
            template="applications/common/mail/decision",
            context=_decision_context,
            still_needed=_decision_needed,
            example=letters_samples.about_decision,
            previewed_by=(Role.COORDINATOR,),
            hidden_from=must_not_see,
            on_unknown="resend",
            about=_("The outcome of an application, once it is released."),
            when=_("When coordinators release decisions, five minutes later"),
            expires=_("After 7 days"),
        )
    )
    kinds.register(
        kinds.MessageKind(
            name="waitlist_offer",
            klass="A",
            title=_("A place opened for somebody on the waiting list"),
            template="applications/common/mail/decision",
            context=_decision_context,
            still_needed=_decision_needed,
            example=letters_samples.about_place,
            previewed_by=(Role.COORDINATOR,),
            hidden_from=must_not_see,
            on_unknown="resend",
            about=_("A place opened and is offered to the next person on the waiting list."),
            when=_("When a place opens and coordinators offer it"),
            expires=_("After 7 days"),
        )
    )
    kinds.register(
        kinds.MessageKind(
            name="release_waits",
            template="applications/decisions/mail/release_waits",
            klass="F",
            members_only=True,
            title=_("A release waits for a second person"),
            context=_release_context,
            still_needed=_release_needed,
            example=_release_example,
            on_unknown="resend",
            can_stop=False,
            about=_("Another coordinator put decisions together and asks you to read and approve them."),
            when=_("When a release is put together"),
            expires=_("When it is approved or cancelled"),
        )
    )
    kinds.keep_from(ties)
