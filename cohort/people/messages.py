"""The one message kind of this app: an invitation to a role."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.outbox.previews import samples as previews_samples
from cohort.outbox.registry import kinds
from cohort.people.models import Invitation, Role, User


def _invitation(message: Any) -> Invitation | None:
    return Invitation.objects.select_related("cohort", "invited_by").filter(pk=message.refs["invitation"]).first()


def _still_needed(message: Any) -> str | None:
    found = _invitation(message)
    if found is None or found.revoked_at:
        return "taken back"
    if found.accepted_at or found.expires_at <= timezone.now():
        return "not needed"
    return None


def _context(message: Any) -> dict[str, Any]:
    from cohort.people.actions import invitation_token

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


def register() -> None:
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
