"""ASGI entry point of all pages and live rooms; ``python -m cohort.server`` serves it with its limits."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cohort.settings")
django.setup(set_prefix=False)

from cohort.server import warmup  # noqa: E402 -- needs the apps

application = warmup.application()
