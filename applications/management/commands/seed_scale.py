"""``manage.py seed_scale --applications N``: a call with N invented applications; ``--remove`` takes it away.

The same N and seed give the same rows, ids included.
"""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from applications.demo.scale import loading
from cohort.people.models import User


class Command(BaseCommand):
    help = "Make a call of its own with invented applications, to see how pages behave at size."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--applications", type=int, metavar="N", help=f"how many, up to {loading.MOST:,}")
        which.add_argument("--remove", action="store_true", help="take away what this command made")
        parser.add_argument("--seed", type=int, default=1, help="another seed gives other people")
        parser.add_argument("--coordinator", metavar="EMAIL", help="give this person the coordinator's pages of it")
        parser.add_argument("--yes", action="store_true", help="do it on a site that real people use")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEBUG or options["yes"]):
            raise CommandError("This is not a trial site. Say --yes if you mean it.")
        if options["remove"]:
            gone = loading.remove(progress=self.progress)
            self.stdout.write("Removed: " + ", ".join(f"{count:,} {name}" for name, count in gone.items()) + ".")
            return
        if not 1 <= options["applications"] <= loading.MOST:
            raise CommandError(f"From 1 to {loading.MOST:,}.")
        if loading.exists():
            raise CommandError("It is there already. Take it away first with --remove.")
        coordinator = None
        if options["coordinator"]:
            coordinator = User.objects.filter(email__iexact=options["coordinator"]).first()
            if coordinator is None:
                raise CommandError(f"Nobody has the address {options['coordinator']}.")
        started = time.monotonic()
        call = loading.load(
            applications=options["applications"], seed=options["seed"], progress=self.progress, coordinator=coordinator
        )
        took = time.monotonic() - started
        self.stdout.write(f"Made {options['applications']:,} applications in {took:.0f} s: /calls/{call.slug}/manage/")

    def progress(self, done: int, total: int) -> None:
        """A line for each twentieth of the way."""
        if done == total or done * 20 // total > (done - loading.AT_ONCE) * 20 // total:
            self.stdout.write(f"{done:,} of {total:,}")
            self.stdout.flush()
