"""Write down which program the journal page runs, or check that it is still that one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reflections.journal import manifest

PATH = manifest.FOLDER / "MANIFEST"


class Command(BaseCommand):
    help = "Print the SHA-384 of each file of the journal page; --write keeps it, --check compares with what was kept."

    def add_arguments(self, parser: CommandParser) -> None:
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--check", action="store_true", help="fail when a file differs from the manifest")
        group.add_argument("--write", action="store_true", help="keep the present state (a reviewed change)")

    def handle(self, *args: Any, check: bool = False, write: bool = False, **options: Any) -> None:
        now = manifest.source_lines()
        if write:
            PATH.write_text(now)
        if not check:
            self.stdout.write(now, ending="")
            return
        kept = PATH.read_text() if PATH.exists() else ""
        if kept == now:
            self.stdout.write("The journal's files are those of the manifest.")
            return
        changed = sorted({line.split("  ")[1] for line in set(kept.splitlines()) ^ set(now.splitlines())})
        raise CommandError("These files differ from static/journal/MANIFEST: " + ", ".join(changed))
