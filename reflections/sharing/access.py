"""Who may open what. Strangers get 404; a superuser is a stranger."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404

from cohort.people.models import User
from reflections.models import SharedCopy
from reflections.sharing import queries


def copy_for(user: User, pk: UUID) -> SharedCopy:
    """A shared copy that ``user`` may read; 404 otherwise."""
    found = queries.copies_for(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def own_copy(user: User, pk: UUID) -> SharedCopy:
    """A copy that ``user`` wrote; 404 for everybody else, readers included."""
    found = SharedCopy.objects.filter(author_id=user.pk, pk=pk).select_related("cohort").first()
    if found is None:
        raise Http404
    return found
