"""Write to the operators that parts of the machinery are silent; started by beat, which cannot write mail itself."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cohort.outbox.monitoring import alerts


class Command(BaseCommand):
    help = "Mail the OPERATORS that the parts named are silent, at most once an hour for each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("part", nargs="+", choices=alerts.NAMES)

    def handle(self, *args: Any, **options: Any) -> None:
        for name in options["part"]:
            told = alerts.tell(name)
            self.stdout.write(f"{name}: {'told' if told else 'not told (nobody to tell, told lately, or no mail)'}")
