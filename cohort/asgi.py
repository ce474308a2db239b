"""ASGI entry point: ``granian --interface asginl cohort.asgi:application``."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cohort.settings")

application = get_asgi_application()
