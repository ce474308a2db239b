"""Getting ready: a participant's own tasks, coordinators' progress, and the access needs of those who accepted."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from applications.common.call_forms import form_of
from applications.common.placeholders import facts_for
from applications.models import AccessNeed, Call, Offer, WelcomeTask
from applications.models.onboarding import NEEDS_KEY
from cohort.people.models import Cohort, Membership, Role, User
from cohort.questions.text import fill
from cohort.questions.values import said


def tasks_of(offer: Offer) -> list[WelcomeTask]:
    return list(WelcomeTask.objects.filter(offer=offer).order_by("position"))


def open_tasks(user: User) -> list[WelcomeTask]:
    """What ``user`` has left to do before the first session, soonest first (one statement)."""
    return list(
        WelcomeTask.objects.filter(
            offer__application__applicant=user,
            offer__state=Offer.State.ACCEPTED,
            done_at__isnull=True,
            offer__cohort__memberships__user=user,
            offer__cohort__memberships__role=Role.PARTICIPANT,
            offer__cohort__memberships__ended_at__isnull=True,
        )
        .select_related("offer__cohort")
        .order_by("due_on", "position")
    )


def by_offer(call: Call) -> dict[UUID, list[WelcomeTask]]:
    """All tasks of a call's participants, by offer (one statement). What was said about access is not in them."""
    found: dict[UUID, list[WelcomeTask]] = defaultdict(list)
    for task in WelcomeTask.objects.filter(offer__application__call=call).order_by("position"):
        found[task.offer_id].append(task)
    return found


def own_needs(offer: Offer) -> str:
    """What this person added about access while getting ready. For themselves."""
    found = AccessNeed.objects.filter(application=offer.application_id, question=NEEDS_KEY).first()
    return str(found.value) if found else ""


@dataclass
class Needs:
    """One participant with what would help them: (question, lines) in the order of the form."""

    person: User
    answers: list[tuple[str, list[str]]] = field(default_factory=list)


def needs_in(cohort: Cohort) -> list[Needs]:
    """Participants of ``cohort`` who accepted a place, with what they said about access (four statements and one per
    form version). Nobody else's needs are read: not those of people who wait, were declined, or have left."""
    here = Membership.objects.current().filter(cohort=cohort, role=Role.PARTICIPANT).values("user_id")
    offers = list(
        Offer.objects.filter(cohort=cohort, state=Offer.State.ACCEPTED, application__applicant__in=here)
        .select_related("application__applicant", "application__call__cohort")
        .order_by("application__applicant__name", "application__number")
    )
    rows: dict[UUID, dict[str, Any]] = defaultdict(dict)
    applications = [offer.application_id for offer in offers]
    for pk, key, value in AccessNeed.objects.filter(application__in=applications).values_list(
        "application_id", "question", "value"
    ):
        rows[pk][key] = value
    found = []
    facts: dict[UUID, dict[str, str]] = {}
    for offer in offers:
        application, given = offer.application, rows.get(offer.application_id, {})
        needs = Needs(person=application.applicant)
        form = form_of(application.form_version_id)
        if application.call_id not in facts:
            facts[application.call_id] = facts_for(application.call)
        words = facts[application.call_id]
        for question in form.questions.values():
            if question.visibility == "access" and question.id in given:
                lines = [fill(line, words) for line in said(question, given[question.id])]
                needs.answers.append((fill(question.label, words), lines))
        if NEEDS_KEY in given:
            needs.answers.append(("", [str(given[NEEDS_KEY])]))
        found.append(needs)
    return found
