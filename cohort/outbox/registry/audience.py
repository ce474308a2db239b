"""Who is told: the members of many cohorts beside what they are told of, read as a stream.

A plan that reads all members of all cohorts into a list holds more memory with every person who joins anywhere. Here
two sorted streams run side by side, and only one cohort's people are held at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, QuerySet

from cohort.people.models import Membership

CHUNK = 500  # rows that come from the database at a time
T = TypeVar("T")


def crowds(
    cohorts: Iterable[UUID] | QuerySet, *roles: str, only: Exists | None = None
) -> Iterator[tuple[UUID, list[Membership]]]:
    """The current members of each cohort who hold one of ``roles``, each person once, ordered by the cohort's id.

    One statement. Of two roles of one person, the later by name counts.

    :param cohorts: ids, or a queryset of ids.
    :param only: what else must hold of the membership.
    """
    held = Membership.objects.current().having(*roles).filter(cohort_id__in=cohorts)
    if only is not None:
        held = held.filter(only)
    rows_of_all = held.select_related("user").order_by("cohort_id", "role", "pk").iterator(chunk_size=CHUNK)
    for cohort, rows in groupby(rows_of_all, key=lambda row: row.cohort_id):
        yield cohort, list({row.user_id: row for row in rows}.values())


def beside(
    things: Iterable[T],
    cohort_of: Callable[[T], UUID],
    cohorts: Iterable[UUID] | QuerySet,
    *roles: str,
    only: Exists | None = None,
) -> Iterator[tuple[T, Membership]]:
    """Each of ``things`` with each member of its cohort who holds one of ``roles`` (one statement for the members).

    :param things: ordered by the id of their cohort.
    :param cohorts: the ids of those cohorts, or a queryset of them.
    """
    crowd = crowds(cohorts, *roles, only=only)
    here: tuple[UUID, list[Membership]] | None = next(crowd, None)
    for thing in things:
        cohort = cohort_of(thing)
        while here is not None and here[0] < cohort:
            here = next(crowd, None)
        if here is None:
            return
        if here[0] == cohort:
            for member in here[1]:
                yield thing, member
