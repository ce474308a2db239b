from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sessions.library.actions import Refused, load_activities


class Command(BaseCommand):
    help = "Bring the activity library in line with facts/activities.yaml. Refuses a file that breaks its own rules."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = load_activities()
        except Refused as refused:
            raise CommandError(f"Nothing was loaded.\n{refused}") from refused
        self.stdout.write(", ".join(f"{count} {name}" for name, count in counts.items()))
