"""The outbox's own kinds: what it has to tell people about mail itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.outbox import api
from cohort.outbox.models import Message, Suppression
from cohort.outbox.registry import kinds
from cohort.people.models import Membership, Role, User


def _context(message: Message) -> dict[str, Any]:
    assert message.cohort is not None
    return {"log_path": reverse("outbox:log", args=[message.cohort.slug])}


def _still_bad(message: Message) -> str | None:
    mark = str(message.refs.get("address", ""))
    return None if Suppression.objects.filter(address_hash=mark).exists() else "address_fixed"


UNREACHABLE = kinds.MessageKind(
    name="unreachable",
    klass="F",
    title=_("Email is not reaching someone"),
    about=_("Tells the facilitators, once, when email to someone in the cohort came back."),
    template="outbox/mail/unreachable",
    context=_context,
    example=lambda: {"log_path": reverse("outbox:log", args=["example"])},
    previewed_by=kinds.THOSE_WHO_RUN,
    still_needed=_still_bad,
    can_stop=False,
    members_only=True,
    when=_("when email to a person comes back for good"),
    expires=_("after 14 days"),
)


def tell_facilitators(user: User, mark: str) -> None:
    """Queue one message for each facilitator of each cohort that ``user`` is in; ``mark`` is the address hash."""
    held = list(Membership.objects.current().filter(user=user).select_related("cohort").distinct("cohort"))
    leaders = Membership.objects.current().having(Role.FACILITATOR).select_related("user", "cohort")
    ids = {membership.cohort_id: membership.pk for membership in held}
    now = timezone.now()
    api.queue_many(
        kind=UNREACHABLE.name,
        messages=[
            kinds.Planned(
                key=f"unreach:{ids[leader.cohort_id]}:{mark[:16]}:{leader.pk}",
                recipient=leader.user,
                cohort=leader.cohort,
                refs={"membership": str(ids[leader.cohort_id]), "address": mark},
                due_at=now,
                not_after=now + timedelta(days=14),
            )
            for leader in leaders.filter(cohort_id__in=ids)
            if leader.user_id != user.pk
        ],
    )
