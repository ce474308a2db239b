"""WSGI entry point, for servers that speak nothing else. Live rooms then need ``cohort.asgi`` beside it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cohort.settings")

application = get_wsgi_application()
