"""``manage.py retention``: what is due to be deleted, and legal holds."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from applications.models import Call
from applications.retention import actions as retention_actions
from applications.retention import queries as retention_queries


class Command(BaseCommand):
    help = "Delete what the retention classes of the form say is over. --dry-run only says what would go."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--dry-run", action="store_true", help="say what would be deleted, and change nothing")
        which.add_argument("--hold", metavar="CALL", help="stop deletion for the call with this slug; needs --reason")
        which.add_argument("--lift", metavar="CALL", help="end the hold of the call with this slug")
        parser.add_argument("--reason", default="", help="why a hold is placed")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["hold"]:
            if not options["reason"].strip():
                raise CommandError("Say why with --reason.")
            retention_actions.hold(call=self.call(options["hold"]), reason=options["reason"].strip(), actor=None)
            self.stdout.write("Held. Nothing of this call is deleted until the hold is lifted.")
        elif options["lift"]:
            lifted = retention_actions.lift(call=self.call(options["lift"]), actor=None)
            self.stdout.write("Lifted." if lifted else "There was no hold.")
        elif options["dry_run"]:
            self.report()
        else:
            self.write(Counter(retention_actions.retain()))

    def call(self, slug: str) -> Call:
        found = Call.objects.select_related("cohort").filter(slug=slug).first()
        if found is None:
            raise CommandError(f"There is no call {slug!r}.")
        return found

    def report(self) -> None:
        due, held = Counter[str](), Counter[str]()
        for row in retention_queries.due(timezone.now()):
            (held if row.held else due)[row.what] += 1
        self.write(due)
        for what, count in sorted(held.items()):
            self.stdout.write(f"held back: {what} of {count}")

    def write(self, counts: Counter[str]) -> None:
        for what, count in sorted(counts.items()):
            self.stdout.write(f"{what} of {count}")
        if not counts:
            self.stdout.write("Nothing is due.")
