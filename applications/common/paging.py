"""Pages of a list that begin after or before a number."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest

from applications.models import Application

PER_PAGE = 50


HIGHEST = 2_147_483_647  # of a number


@dataclass(frozen=True)
class Cut:
    """Where a page begins: after or before a number, in the order of the list. Neither: at the start."""

    after: int | None = None
    before: int | None = None
    newest: bool = False  # the highest number first


def beyond(found: QuerySet[Application], edge: int | None, up: bool) -> QuerySet[Application]:
    """Those after ``edge`` (``up``) or before it; all when there is none."""
    return found if edge is None else found.filter(number__gt=edge) if up else found.filter(number__lt=edge)


def address(request: HttpRequest, **where: int) -> str:
    """This list, with the same questions, beginning elsewhere."""
    query = request.GET.copy()
    for name in ("after", "before", "page"):
        query.pop(name, None)
    for name, number in where.items():
        query[name] = str(number)
    return f"?{query.urlencode()}"
