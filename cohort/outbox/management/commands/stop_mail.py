"""Read one mail to the stop address from standard input and stop what it asks to stop.

For a mail server of your own, as an alias:  stop: "|/srv/cohort/manage.py stop_mail"
Always ends well, so that nobody gets an error by mail; says on standard output what it did.
"""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from cohort.outbox.delivery import webhooks

LONGEST = 1_000_000  # bytes; the subject stands at the top


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        raw = sys.stdin.buffer.read(LONGEST)
        self.stdout.write("stopped" if webhooks.stop_by_message(raw) else "nothing to stop")
