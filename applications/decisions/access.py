"""Who may open what of releases and letters: coordinators of the call. Strangers get 404."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404

from applications.call.letters import compose
from applications.common.access_staff import call_for, hidden_from
from applications.models import Decision, Release
from cohort.people.models import User


def release_for(user: User, slug: str, pk: UUID) -> Release:
    """One release of the call at ``slug``, with its call and who proposed and approved it."""
    call = call_for(user, slug)
    found = Release.objects.filter(call=call, pk=pk).select_related("proposed_by", "approved_by").first()
    if found is None:
        raise Http404
    found.call = call
    return found


def decision_with_letter(user: User, slug: str, pk: UUID) -> Decision:
    """One decision of the call at ``slug`` that is told by a letter, with all that the letter is made from; 404 for
    others, and for an application that ``user`` must stay away from."""
    call = call_for(user, slug)
    found = (
        Decision.objects.filter(pk=pk, application__call=call)
        .select_related("application__applicant", "application__call__cohort", "release", "offer")
        .first()
    )
    if found is None or found.application_id in hidden_from(user, call) or found.value not in compose.LETTERS:
        raise Http404
    return found
