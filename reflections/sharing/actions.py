"""Sharing a readable copy, and taking it back."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction

from cohort.people import history
from cohort.people.models import Cohort, User
from reflections.common import queries
from reflections.models import SharedCopy


@transaction.atomic
def share(*, author: User, cohort: Cohort, audience: str, title: str, body: str) -> SharedCopy:
    """Store a readable copy for ``audience``. Only somebody who takes part in ``cohort`` may."""
    if not queries.cohorts_to_write_in(author).filter(pk=cohort.pk).exists():
        raise PermissionDenied
    copy = SharedCopy.objects.create(author=author, cohort=cohort, audience=audience, title=title, body=body)
    history.record("copy.shared", copy, actor=author, cohort=cohort, audience=audience)
    return copy


@transaction.atomic
def withdraw(*, copy: SharedCopy, by: User) -> None:
    """Delete the copy for good. People may have read it; the page says so."""
    if copy.author_id != by.pk:
        raise PermissionDenied
    history.record("copy.withdrawn", copy, actor=by, cohort=copy.cohort)
    copy.delete()
