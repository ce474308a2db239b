"""Reads about cohorts and who is in them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import ngettext

from cohort.people.models import Cohort, Invitation, Membership, Role, User


@dataclass(frozen=True)
class RosterGroup:
    role: str
    label: str
    members: list[Membership]


def roster(cohort: Cohort) -> list[RosterGroup]:
    """Everyone in a cohort, by role, by name (one statement)."""
    found = list(Membership.objects.current().filter(cohort=cohort).select_related("user"))
    found.sort(key=lambda m: (m.user.name.casefold(), m.user.email))
    return [
        RosterGroup(role, _called(role, len(members)), members)
        for role in Role.values
        if (members := [m for m in found if m.role == role])
    ]


def _called(role: str, n: int) -> str:
    """What ``n`` people in a role are called, as a heading."""
    return {
        Role.COORDINATOR: ngettext("Coordinator", "Coordinators", n),
        Role.SCREENER: ngettext("Screener", "Screeners", n),
        Role.FACILITATOR: ngettext("Facilitator", "Facilitators", n),
        Role.PARTICIPANT: ngettext("Participant", "Participants", n),
        Role.STEWARD: ngettext("Equity-data steward", "Equity-data stewards", n),
        Role.ACCESS: ngettext("Access coordinator", "Access coordinators", n),
    }[Role(role)]


def open_invitations(cohort: Cohort) -> list[Invitation]:
    """Invitations that can still be taken up, newest first."""
    return list(
        Invitation.objects.filter(
            cohort=cohort, accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
        ).order_by("-created_at")
    )


@dataclass(frozen=True)
class MyCohort:
    cohort: Cohort
    roles: list[str]


def my_cohorts(user: User) -> list[MyCohort]:
    """The cohorts of a person with the words for their roles, newest first (one statement)."""
    found: dict[object, MyCohort] = {}
    rows = (
        Membership.objects.current().filter(user=user).select_related("cohort").order_by("-cohort__starts_on", "role")
    )
    for row in rows:
        mine = found.setdefault(row.cohort_id, MyCohort(row.cohort, []))
        mine.roles.append(str(row.get_role_display()))  # type: ignore[attr-defined]
    return list(found.values())


def may_start_cohort(user: User) -> bool:
    """The first coordinator (made on the server) and everybody who coordinates one may start another."""
    if not user.is_authenticated:
        return False
    return user.is_staff or Membership.objects.current().filter(user=user, role=Role.COORDINATOR).exists()
