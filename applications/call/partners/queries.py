"""Partners of a call in numbers. Applications by partner are shown under the small-number rule alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from applications.models import Application, Call, Partner, Source
from cohort import small_numbers

NONE = "none"


def link(partner: Partner) -> str:
    """The address that the partner shares."""
    return settings.SITE_URL + reverse("applications:from_partner", args=[partner.call.slug, partner.code])


def partners(call: Call) -> list[Partner]:
    """The partners of a call with ``opened``, the number of visits by their links (one statement)."""
    rows = Partner.objects.filter(call=call).annotate(opened=Coalesce(Sum("visits__count"), 0)).order_by("name")
    found: list[Partner] = [*rows]
    for row in found:
        row.call = call
    return found


@dataclass(frozen=True)
class Sources:
    """Started applications by partner. ``rows`` holds (name, count); empty with ``why`` when numbers are too small.

    ``together``: partners stand in one row, because a row of each alone would be too small.
    """

    rows: tuple[tuple[str, int], ...]
    total: int
    together: bool = False
    why: str = ""


def sources(call: Call, known: list[Partner]) -> Sources:
    """How many applications came by which partner's link (two statements).

    Shown whole or not at all (:mod:`cohort.small_numbers`): each partner alone if every number is large enough,
    else all partners together, else nothing.
    """
    mine = Application.objects.filter(call=call).exclude(state=Application.State.WITHDRAWN)
    total = mine.count()
    came = [str(pk) for pk in Source.objects.filter(application__in=mine).values_list("partner_id", flat=True)]
    people = [frozenset({code}) for code in came] + [frozenset({NONE})] * (total - len(came))
    codes = [str(partner.pk) for partner in known]
    if not codes:
        return Sources((), total, why="partners")
    ladder = [[[code] for code in [*codes, NONE]], [codes, [NONE]]]
    table = small_numbers.publish_whole(people, ladder, asked=total)
    if isinstance(table, small_numbers.Nothing):
        return Sources((), total, why=table.why)
    names = {str(partner.pk): partner.name for partner in known}
    together = table.rung == 1
    rows = tuple(
        ("" if together and cell.codes != (NONE,) else names.get(cell.codes[0], NONE), cell.count)
        for cell in table.cells
    )
    return Sources(rows, total, together)
