"""The Celery application of beat alone: ``celery -A cohort.beat beat``.

It says when work is due and loads none of the apps that do it, so it needs less memory and starts sooner.
"""

from __future__ import annotations

import os

from celery import Celery
from django.apps import apps

from cohort import schedule
from cohort.outbox.monitoring import kombu_fix

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cohort.settings")

app = Celery("cohort", fixups=[])  # without the one that sets up Django
app.config_from_object("django.conf:settings", namespace="CELERY")
app.add_defaults(lambda: {"beat_schedule": schedule.of_all_apps()})
apps.populate(())  # no app at all: the heartbeat is one statement, and needs no model
kombu_fix.install()
