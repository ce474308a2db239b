from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils import timezone

from cohort.people import demo, demo_people
from cohort.people.models import Cohort

LOCK = 7_340_021  # any number: it only has to be the same for every loader


class Command(BaseCommand):
    help = "Load the demo: two cohorts of invented people. Loading twice changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            if Cohort.objects.filter(slug=demo_people.RECRUITING).exists():
                self.stdout.write("The demo is already loaded.")
                return
            stage = demo_people.make_stage(timezone.now())
            for _, name, loader in demo.LOADERS:
                loader(stage)
                if options["verbosity"] > 1:
                    self.stdout.write(f"  {name} after {time.monotonic() - started:.1f} s")
        self.stdout.write(f"Demo loaded in {time.monotonic() - started:.1f} s.")
