"""Who may do what. Strangers get 404, members without the role get 403.

Being a superuser opens nothing here: rights come from a membership alone.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import cast
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet
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
    return admit(roles_in(user, cohort), *roles)


def held_by(user: User, cohort: str = "cohort_id") -> ArraySubquery:
    """The current roles of ``user`` as a column of a row that has a cohort: it comes in the statement that finds the
    row, and :func:`admit` judges it."""
    mine = Membership.objects.current().filter(user_id=user.pk, cohort_id=OuterRef(cohort))
    return ArraySubquery(mine.values("role"))


def admit(held: Collection[str], *roles: str) -> frozenset[str]:
    """``held`` itself, for somebody who holds one of ``roles`` (any role when none is named).

    :raises Http404: no role at all.
    :raises PermissionDenied: a role, but none of ``roles``.
    """
    if not held:
        raise Http404
    if roles and not set(held) & set(roles):
        raise PermissionDenied
    return frozenset(held)


def cohort_and_roles(user: User, slug: str, *roles: str) -> tuple[Cohort, frozenset[str]]:
    """The cohort at ``slug`` for a user who holds one of ``roles`` in it (any when none is named), with all roles that
    they hold there; 404 or 403 otherwise."""
    cohort = Cohort.objects.filter(slug=slug).first()
    if cohort is None:
        raise Http404
    return cohort, require_role(user, cohort, *roles)


def cohort_for(user: User, slug: str, *roles: str) -> Cohort:
    """As :func:`cohort_and_roles`, without the roles."""
    return cohort_and_roles(user, slug, *roles)[0]


def cohorts_of(user: User, *roles: str) -> QuerySet[Cohort]:
    """The cohorts in which ``user`` currently holds one of ``roles`` (any role when none is named)."""
    held = Membership.objects.current().filter(user_id=user.pk)
    if roles:
        held = held.having(*roles)
    return Cohort.objects.filter(pk__in=held.values("cohort_id"))


def members(cohort: Cohort, *roles: str) -> QuerySet[Membership]:
    """Current memberships of ``cohort`` in ``roles``, with their users."""
    return Membership.objects.current().filter(cohort=cohort).having(*roles).select_related("user")
