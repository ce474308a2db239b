"""Who may open what of the library: those who plan, because it carries notes for hosts."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404

from cohort.people.models import Membership, Role, User
from sessions.models import Activity


def planners_only(user: User) -> None:
    """403 for who plans nowhere."""
    if not Membership.objects.current().filter(user=user).having(Role.FACILITATOR, Role.COORDINATOR).exists():
        raise PermissionDenied


def activity_for(user: User, slug: str) -> Activity:
    """One activity, retired ones included, for those who plan: 403 for others, 404 when there is none."""
    planners_only(user)
    found = Activity.objects.filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def usable_activity(slug: str) -> Activity:
    """An activity that may be put into a session; 404 for retired ones. The role is checked with the session."""
    found = Activity.objects.filter(slug=slug, retired=False).first()
    if found is None:
        raise Http404
    return found
