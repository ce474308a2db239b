"""Who may reach a session. Strangers get 404, and so do members for whom it is still a draft."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from cohort.people.access import roles_in
from cohort.people.models import Cohort, Membership, Role, User
from sessions.models import Agreement, Session

#: May plan and run. Coordinators read the plan; they do not see facilitators' notes.
HOSTS = (Role.FACILITATOR,)
READERS = (Role.FACILITATOR, Role.COORDINATOR, Role.PARTICIPANT)


def visible_to(user: User) -> QuerySet[Session]:
    """The sessions that ``user`` may know about: drafts only as a facilitator or coordinator."""
    held = Membership.objects.current().filter(user_id=user.pk)
    planning = held.having(Role.FACILITATOR, Role.COORDINATOR).values("cohort_id")
    attending = held.having(Role.PARTICIPANT).values("cohort_id")
    return Session.objects.filter(
        Q(cohort_id__in=planning) | (Q(cohort_id__in=attending) & ~Q(state=Session.State.DRAFT))
    )


def session_for(user: User, pk: UUID, *roles: str) -> tuple[Session, frozenset[str]]:
    """The session and the reader's roles in its cohort (two statements).

    :raises Http404: unknown, not one of the reader's cohorts, or a draft and the reader only attends.
    :raises PermissionDenied: the reader belongs to the cohort but holds none of ``roles`` (default: any reader).
    """
    session = Session.objects.select_related("cohort").filter(pk=pk).first()
    if session is None:
        raise Http404
    held = roles_in(user, session.cohort_id)
    if not held:
        raise Http404
    if session.state == Session.State.DRAFT and not held & {Role.FACILITATOR, Role.COORDINATOR}:
        raise Http404
    if not held & set(roles or READERS):
        raise PermissionDenied
    return session, held


def hosted(user: User, pk: UUID) -> Session:
    """The session, for one of its cohort's facilitators."""
    return session_for(user, pk, *HOSTS)[0]


def agreement_for(cohort: Cohort, pk: UUID) -> Agreement:
    """One agreement in force of a cohort that the reader was found to belong to; 404 otherwise."""
    found = Agreement.objects.filter(pk=pk, cohort=cohort, retired_at__isnull=True).first()
    if found is None:
        raise Http404
    return found


def own_membership(user: User, session: Session) -> Membership:
    """The reader's participant membership in the session's cohort; 403 when they take part in another role."""
    found = Membership.objects.current().filter(user_id=user.pk, cohort_id=session.cohort_id, role=Role.PARTICIPANT)
    membership = found.first()
    if membership is None:
        raise PermissionDenied
    return membership
