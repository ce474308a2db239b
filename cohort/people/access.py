"""Who may do what. Strangers get 404, members without the role get 403.

Being a superuser opens nothing here: rights come from a membership alone.
"""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from cohort.people.models import Cohort, Membership, User


def reader(request: HttpRequest) -> User:
    """The signed-in person behind a request, for views that require one."""
    return cast(User, request.user)


def roles_in(user: User, cohort: Cohort | UUID) -> frozenset[str]:
    """The current roles of ``user`` in ``cohort`` (one statement)."""
    if not user.is_authenticated:
        return frozenset()
    cohort_id = cohort.pk if isinstance(cohort, Cohort) else cohort
    return frozenset(
        Membership.objects.current().filter(user_id=user.pk, cohort_id=cohort_id).values_list("role", flat=True)
    )


def require_role(user: User, cohort: Cohort | UUID, *roles: str) -> frozenset[str]:
    """The roles of ``user`` in ``cohort``.

    :raises Http404: the user has no role there at all.
    :raises PermissionDenied: the user has a role there, but none of ``roles``.
    """
    held = roles_in(user, cohort)
    if not held:
        raise Http404
    if roles and not held & set(roles):
        raise PermissionDenied
    return held


def cohort_for(user: User, slug: str, *roles: str) -> Cohort:
    """The cohort at ``slug`` for a user who holds one of ``roles`` in it; 404 or 403 otherwise."""
    cohort = Cohort.objects.filter(slug=slug).first()
    if cohort is None:
        raise Http404
    require_role(user, cohort, *roles)
    return cohort


def cohorts_of(user: User, *roles: str) -> QuerySet[Cohort]:
    """The cohorts in which ``user`` currently holds one of ``roles`` (any role when none is named)."""
    held = Membership.objects.current().filter(user_id=user.pk)
    if roles:
        held = held.having(*roles)
    return Cohort.objects.filter(pk__in=held.values("cohort_id"))


def members(cohort: Cohort, *roles: str) -> QuerySet[Membership]:
    """Current memberships of ``cohort`` in ``roles``, with their users."""
    return Membership.objects.current().filter(cohort=cohort).having(*roles).select_related("user")
