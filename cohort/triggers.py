"""Triggers by which the database itself refuses a statement, declared in the ``Meta`` of the model they guard."""

from __future__ import annotations

from collections.abc import Sequence

import pgtrigger
from django.db import models


class Both(pgtrigger.Condition):
    """Two conditions that have to hold together; pgtrigger joins only those of one kind."""

    def __init__(self, first: pgtrigger.Condition, second: pgtrigger.Condition) -> None:
        self.first, self.second = first, second

    def resolve(self, model: type[models.Model]) -> str:
        """The SQL of the condition for ``model``, in parentheses."""
        return f"(({self.first.resolve(model)}) AND ({self.second.resolve(model)}))"


def refuse(
    name: str, message: str, operation: pgtrigger.Operation, condition: pgtrigger.Condition | None = None
) -> pgtrigger.Trigger:
    """A trigger that refuses ``operation`` on each row that fulfils ``condition``, or on every row.

    The statement fails with ``message`` as a restrict_violation, which Django raises as an IntegrityError.
    """
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=operation,
        condition=condition,
        func=f"RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation';",
    )


def refuse_update(
    name: str, message: str, *, but: Sequence[str], when: pgtrigger.Condition | None = None
) -> pgtrigger.Trigger:
    """A trigger that refuses every UPDATE which changes another field than those in ``but``, while ``when`` holds.

    ``but`` names the fields that are emptied when a person is deleted, which is an update too. A field that the model
    gets later is guarded from the migration on that adds it.
    """
    change = pgtrigger.AnyChange(exclude=list(but))
    return refuse(name, message, pgtrigger.Update, Both(when, change) if when else change)
