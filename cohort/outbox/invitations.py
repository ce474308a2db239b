"""The mail that invites somebody to a role: queued in the transaction in which `cohort.people` says that it did."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.outbox import api
from cohort.outbox.models import Message
from cohort.outbox.previews import samples as previews_samples
from cohort.outbox.registry import kinds
from cohort.people.actions import invitation_token
from cohort.people.models import Invitation, Role, User
from cohort.people.signals import invited


def _invitation(message: Message) -> Invitation | None:
    return Invitation.objects.select_related("cohort", "invited_by").filter(pk=message.refs["invitation"]).first()


def _still_needed(message: Message) -> str | None:
    found = _invitation(message)
    if found is None or found.revoked_at:
        return "taken back"
    if found.accepted_at or found.expires_at <= timezone.now():
        return "not needed"
    return None


def _context(message: Message) -> dict[str, Any]:
    found = _invitation(message)
    assert found is not None
    url = settings.SITE_URL + reverse("people:invitation", args=[invitation_token(found)])
    return {"invitation": found, "url": url}


def _example() -> dict[str, Any]:
    found = Invitation(
        id=previews_samples.NOTHING,
        cohort=previews_samples.cohort(),
        email="alex.rivera@example.org",
        role=Role.PARTICIPANT,
        invited_by=User(name="Sam Okafor", email="sam.okafor@example.org"),
        expires_at=previews_samples.day(14),
    )
    return {"invitation": found, "url": previews_samples.address("people:invitation", "example")}


def _queue(sender: object, invitation: Invitation, **kwargs: Any) -> None:
    api.queue(
        kind="invitation",
        key=f"invitation:{invitation.pk}",
        email=invitation.email,
        cohort=invitation.cohort,
        refs={"invitation": str(invitation.pk)},
        not_after=invitation.expires_at,
    )


def register() -> None:
    """Called from the app's ``ready``."""
    invited.connect(_queue, dispatch_uid="cohort.outbox.invitations")
    kinds.register(
        kinds.MessageKind(
            name="invitation",
            klass="A",
            title=_("Invitation to a role"),
            template="people/mail/invitation",
            context=_context,
            example=_example,
            secret=("url",),
            previewed_by=kinds.THOSE_WHO_RUN,
            about=_("When somebody invites you to a role in a cohort."),
            still_needed=_still_needed,
            on_unknown="resend",
        )
    )
