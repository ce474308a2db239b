"""Who takes part in a session and who leads it."""

from __future__ import annotations

from django.db.models import QuerySet

from cohort.people.access import members
from cohort.people.models import Cohort, Membership, Role
from sessions.models import (
    Session,
)


def participants(session: Session) -> QuerySet[Membership]:
    """Who is expected at the session: current participants of its cohort, by name."""
    return members(session.cohort, Role.PARTICIPANT).order_by("user__name", "user__email")


def facilitators(cohort: Cohort) -> QuerySet[Membership]:
    return members(cohort, Role.FACILITATOR).order_by("user__name", "user__email")


def members_who_lead(cohort: Cohort) -> QuerySet[Membership]:
    """Who may lead a block: facilitators and participants, because a block can be handed to a member."""
    return members(cohort, Role.FACILITATOR, Role.PARTICIPANT).order_by("role", "user__name", "user__email")


State = Session.State
