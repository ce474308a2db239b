"""The one way in which a state changes.

Every model with a ``state`` has a table ``MOVES``: from each state, the states that may follow. :func:`move` makes one
step of one row and writes it into the history; :func:`move_all` makes the same step of many. Both are conditional
UPDATEs, so of two people who press at the same time only one succeeds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models

from cohort.people import history
from cohort.people.models import Cohort, User

Row = TypeVar("Row", bound=models.Model)


class NotPossible(Exception):  # noqa: N818  words for the person who asked, not a fault
    """The action cannot be done now; the message says why, in words for the reader."""


def may_move(row: models.Model, to: str) -> bool:
    """Whether the table of the model allows the step from where ``row`` is."""
    return to in row.MOVES[row.state]  # type: ignore[attr-defined]


def move(
    row: Row,
    to: str,
    *,
    actor: User | None = None,
    refusal: str = "",
    recorded: bool = True,
    verb: str = "",
    cohort: Cohort | None = None,
    details: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Row:
    """Move ``row`` to the state ``to`` and change other fields with it, in the caller's transaction.

    :param refusal: what to say when it cannot be done, in words for the reader.
    :param recorded: False where the caller writes a history row of its own, or none is wanted.
    :param verb: of the history row; ``model.state`` unless given. ``cohort`` and ``details`` go into it as well.
    :raises NotPossible: the table has no such step, or somebody else was faster.
    """
    before: str = row.state  # type: ignore[attr-defined]
    rows = type(row)._default_manager.filter(pk=row.pk, state=before)
    if not may_move(row, to) or not rows.update(state=to, **changes):
        raise NotPossible(refusal)
    for name, value in {"state": to, **changes}.items():
        setattr(row, name, value)
    if recorded:
        history.record(verb or f"{row._meta.model_name}.{to}", row, actor=actor, cohort=cohort, **(details or {}))
    return row


def move_all(rows: models.QuerySet[Any], to: str, **changes: Any) -> int:
    """Move those of ``rows`` to ``to`` whose state allows it, in one statement. Writes no history.

    :return: how many were moved.
    """
    table: Mapping[str, frozenset[str]] = rows.model.MOVES
    before = [state for state, after in table.items() if to in after]
    return rows.filter(state__in=before).update(state=to, **changes)


def start_in(row: Row, state: str) -> Row:
    """Give a row that is not stored yet the state in which it begins.

    :raises ValueError: it is stored already, so :func:`move` is the way.
    """
    if not row._state.adding:
        raise ValueError(f"{row._meta.label} is stored already")
    row.state = state  # type: ignore[attr-defined]
    return row
