"""Rows into a table by COPY, a piece at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import JSONField, Model
from django.db.models.fields import AutoFieldMixin

_json = DjangoJSONEncoder(ensure_ascii=False).encode
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Table:
    """Where rows of one model go. ``fields`` are the columns that each row gives, by attribute name; every other
    column gets the default of its field, so that a new column does not break the load."""

    def __init__(self, model: type[Model], *fields: str) -> None:
        self.model = model
        known = {field.attname: field for field in model._meta.concrete_fields}
        rest = [f for f in known.values() if f.attname not in fields and not isinstance(f, AutoFieldMixin)]
        self.columns = [str(known[name].column) for name in fields] + [str(field.column) for field in rest]
        self.json = [isinstance(known[name], JSONField) for name in fields]
        self.tail = "".join("\t" + cell(field.get_default(), isinstance(field, JSONField)) for field in rest) + "\n"

    def line(self, row: Sequence[Any]) -> str:
        return "\t".join(map(cell, row, self.json)) + self.tail

    def write(self, rows: Iterable[Sequence[Any]]) -> int:
        """Copy ``rows`` in (one statement, none without rows). How many they were."""
        quote = connection.ops.quote_name
        lines = list(map(self.line, rows))
        if not lines:
            return 0
        columns = ", ".join(quote(name) for name in self.columns)
        statement = f"COPY {quote(self.model._meta.db_table)} ({columns}) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(statement) as into:
            into.write("".join(lines))
        return len(lines)


def cell(value: Any, as_json: bool = False) -> str:
    """One value in the text format of COPY."""
    if as_json:
        return _json(value).translate(_ESCAPES)
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, int | UUID):
        return str(value)
    return str(value).translate(_ESCAPES)
