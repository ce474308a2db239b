"""Write rows as CSV, JSON or XLSX, piece by piece. Rows in, bytes out; memory does not grow with the number of rows."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any

from applications.common.spreadsheet import safe
from applications.records.exports.columns import Cell, Column, dictionary

PIECE = 64 * 1024  # about how many bytes leave at a time
LONGEST = 32_000  # characters; a cell of a sheet holds 32,767
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Rows = Iterable[Sequence[Cell]]


class _Echo:
    """A file that gives back what is written to it, so that a CSV row can be sent on at once."""

    def write(self, text: str) -> str:
        return text


def plain(cell: Cell) -> str:
    """A cell of a CSV: numbers as they are, text made safe for spreadsheets."""
    return "" if cell is None else str(cell) if isinstance(cell, int | float) else safe(cell)


def csv_of(columns: Sequence[Column], rows: Rows, about: dict[str, str]) -> Iterator[bytes]:
    """A CSV without anything about itself: the dictionary is a file of its own."""
    return csv_pieces([column.key for column in columns], rows)


def csv_pieces(head: Sequence[str], rows: Rows) -> Iterator[bytes]:
    """UTF-8 with a mark at the start, so that spreadsheets read accents right."""
    writer: Any = csv.writer(_Echo())  # type: ignore[arg-type]  # only write is used
    yield b"\xef\xbb\xbf" + writer.writerow(head).encode()
    yield from _together(writer.writerow([plain(cell) for cell in row]) for row in rows)


def json_pieces(columns: Sequence[Column], rows: Rows, about: dict[str, str]) -> Iterator[bytes]:
    """One object: about, columns (the dictionary), and rows as objects. Values stay: JSON has no formulas."""
    head = {**about, "columns": [dict(zip(_HEAD, column.row(), strict=True)) for column in columns]}
    yield (json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": [').encode()
    keys = [column.key for column in columns]
    yield from _together(
        ("," if number else "") + "\n" + json.dumps(dict(zip(keys, row, strict=True)), ensure_ascii=False)
        for number, row in enumerate(rows)
    )
    yield b"\n]}\n"


def _together(lines: Iterable[str]) -> Iterator[bytes]:
    """Lines as bytes, a few at a time; what UTF-8 cannot hold becomes a question mark."""
    held, size = list[str](), 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= PIECE:
            yield "".join(held).encode("utf-8", "replace")
            held, size = [], 0
    if held:
        yield "".join(held).encode("utf-8", "replace")


_HEAD = next(dictionary([]))


def xlsx_pieces(columns: Sequence[Column], rows: Rows, about: dict[str, str]) -> Iterator[bytes]:
    """A workbook with the rows and, on a second sheet, the dictionary. Written to a temporary file row by row."""
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    with tempfile.TemporaryFile() as file:
        # Text is never taken for a formula, a link or a number: it is written as text.
        book = Workbook(
            file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "in_memory": False,
            },
        )
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("Rows")
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, max(len(columns) - 1, 0), 18)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, safe(column.key), bold)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if isinstance(cell, int | float):
                    sheet.write_number(number, place, cell)
                elif cell:
                    sheet.write_string(number, place, _fitting(safe(cell)))
        words = book.add_worksheet("Dictionary")
        words.set_column(0, 5, 30)
        for number, line in enumerate(dictionary(columns)):
            for place, text in enumerate(line):
                words.write_string(number, place, safe(text), *([bold] if number == 0 else []))
        book.close()
        file.seek(0)
        yield from _read(file)


def _fitting(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + " …"


def _read(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


WRITERS: dict[str, Callable[[Sequence[Column], Rows, dict[str, str]], Iterator[bytes]]] = {
    "csv": csv_of,
    "json": json_pieces,
    "xlsx": xlsx_pieces,
}
