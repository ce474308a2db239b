"""Who may open what of the call page: its coordinators. Strangers get 404."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404

from applications.common.access_staff import call_for
from applications.models import PageItem
from cohort.people.models import User


def item_for(user: User, slug: str, pk: UUID, *, shown: bool = False) -> PageItem:
    """One line of the page of the call at ``slug``, with its call, for a coordinator; 404 otherwise.

    :param shown: only one that stands on the page, not one that was removed.
    """
    call = call_for(user, slug)
    rows = PageItem.objects.filter(call=call)
    found = (rows.filter(removed_at__isnull=True) if shown else rows).filter(pk=pk).first()
    if found is None:
        raise Http404
    found.call = call
    return found
