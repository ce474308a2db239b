"""Who may open a commitment. Strangers get 404; a superuser is a stranger."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404

from cohort.people.models import User
from reflections.commitments import queries
from reflections.models import Commitment


def own_commitment(user: User, pk: UUID) -> Commitment:
    """A commitment that ``user`` made; 404 for everybody else."""
    found = queries.commitments_of(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
