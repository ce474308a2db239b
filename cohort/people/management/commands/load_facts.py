from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cohort.people import facts


class Command(BaseCommand):
    help = "Bring what the database keeps of the files under facts/ in line with them. Run it after migrate."

    def handle(self, *args: Any, **options: Any) -> None:
        names = facts.load_all()
        if options["verbosity"]:
            self.stdout.write("In line with the fact files: " + (", ".join(names) or "nothing to load"))
