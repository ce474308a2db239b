"""What a person gets, by kind."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from cohort.outbox import addresses
from cohort.outbox.models import Preference, StopToken, Suppression
from cohort.outbox.registry import kinds
from cohort.outbox.registry.labels import GROUPS, Words
from cohort.people.models import Membership, Role, User


@dataclass(frozen=True)
class Choice:
    """One kind on the preferences page, and whether the person gets it."""

    kind: str
    title: Words
    about: Words
    group: Words
    wanted: bool


def choices_of(user: User) -> list[Choice]:
    """The kinds that ``user`` may turn on and off, by group. Facilitator kinds only for facilitators."""
    chosen = dict(Preference.objects.filter(user=user).values_list("kind", "wanted"))
    leads = _leads(user)
    return [
        Choice(kind.name, kind.title, kind.about, GROUPS[kind.klass], chosen.get(kind.name, kind.default_on))
        for kind in sorted(kinds.registered(), key=lambda k: (k.klass, kinds.PRIORITY[k.topic], str(k.title)))
        if kind.stoppable and (kind.klass != "F" or leads)
    ]


def essential_kinds(user: User) -> list[kinds.MessageKind]:
    """Kinds that always come to ``user``, for the page to name; alarms only for facilitators."""
    leads = _leads(user)
    found = [kind for kind in kinds.registered() if not kind.stoppable and not kind.outside]
    return sorted((kind for kind in found if kind.klass != "F" or leads), key=lambda kind: str(kind.title))


def kinds_of(user: User) -> list[kinds.MessageKind]:
    """The kinds of which ``user`` may read an example: all that may reach them, and all kinds for those who run a
    cohort and answer what people ask about their mail."""
    runs = Membership.objects.current().having(Role.COORDINATOR, Role.FACILITATOR).filter(user=user).exists()
    return [kind for kind in kinds.registered() if runs or (kind.klass != "F" and not kind.outside)]


def _leads(user: User) -> bool:
    return Membership.objects.current().having(Role.FACILITATOR).filter(user=user).exists()


def stop_question(token: str) -> list[Words] | None:
    """Plain names of the kinds that ``token`` stops; None when it is unknown or has run out."""
    found = StopToken.objects.filter(token=token, expires_at__gt=timezone.now()).first()
    if found is None:
        return None
    return [kind.title for name in found.scope.split("+") if (kind := kinds.find(name)) is not None]


def comes_back(user: User) -> bool:
    """Whether mail to the address of ``user`` came back for good."""
    return Suppression.objects.filter(
        address_hash=addresses.address_hash(user.email), why=Suppression.Why.BOUNCED
    ).exists()
