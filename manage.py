#!/usr/bin/env python3
"""Django's command-line utility. Without DATABASE_URL or REDIS_URL it uses the servers that `start.py` runs."""

import os
import sys


def main() -> int:
    """Run one Django command; returns the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cohort.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here. Use: .venv/bin/python manage.py …, or python3 start.py help")
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        execute_from_command_line(sys.argv)
        return 0
    from cohort.local import commands

    return commands.django(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
