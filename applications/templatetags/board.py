"""Small helps for the board's templates."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from applications.models import Explanation

register = template.Library()


@register.filter
def answer(answers: Mapping[str, Explanation], key: str) -> Explanation | None:
    """The explanation stored under ``key``, or None."""
    return answers.get(key)


@register.filter
def seats(hundredths: int) -> str:
    """Hundredths of a seat as a plain number of seats: 250 is “2.5”."""
    return f"{hundredths / 100:g}"
