"""Print the table of registered message kinds, or write it into docs/messages.md."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from cohort.outbox.registry import kinds

START, END = "<!-- kinds: written by manage.py message_kinds --write -->", "<!-- end of kinds -->"
PAGE = settings.BASE_DIR / "docs" / "messages.md"


def table() -> str:
    """All registered kinds as a Markdown table, in English."""
    rows = [("Kind", "Class", "What it is", "When", "Expires", "Can be stopped", "After an unknown outcome")]
    with translation.override("en"):
        for kind in kinds.registered():
            stop = "no" if not kind.stoppable else "yes" if kind.default_on else "off until asked for"
            when = kind.when or ("planned" if kind.plan else "at once")
            rows.append(
                (
                    f"`{kind.name}`",
                    kind.klass,
                    str(kind.title),
                    str(when),
                    str(kind.expires or "–"),
                    stop,
                    kind.on_unknown,
                )
            )
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines)


def written(page: str) -> str:
    """``page`` with the table between its marks.

    :raises ValueError: the marks are missing.
    """
    before, found, rest = page.partition(START)
    _old, ended, after = rest.partition(END)
    if not found or not ended:
        raise ValueError("the page has no marks for the table")
    return f"{before}{START}\n\n{table()}\n\n{END}{after}"


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="put the table into docs/messages.md")
        parser.add_argument("--check", action="store_true", help="fail when docs/messages.md has another table")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["write"]:
            PAGE.write_text(written(PAGE.read_text()))
        elif options["check"]:
            if written(PAGE.read_text()) != PAGE.read_text():
                raise CommandError("docs/messages.md differs: run manage.py message_kinds --write")
        else:
            self.stdout.write(table())
