from __future__ import annotations

import json
import re
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cohort.people import demo, demo_people
from cohort.people.models import Membership, User


def accounts() -> list[dict[str, Any]]:
    """E-mail, password, name, roles and cohort of each demo person who can sign in."""
    users = sorted(
        User.objects.filter(email__endswith="@demo.example"),
        key=lambda user: [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", user.email)],
    )
    held: dict[Any, list[Membership]] = {}
    for row in Membership.objects.current().filter(user__in=users).select_related("cohort").order_by("role"):
        held.setdefault(row.user_id, []).append(row)
    return [
        {
            "email": user.email,
            "password": demo.PASSWORD,
            "name": user.name,
            "roles": [row.role for row in held.get(user.pk, [])] or ["applicant"],
            "cohort": held[user.pk][0].cohort.slug if user.pk in held else demo_people.RECRUITING,
        }
        for user in users
        if user.has_usable_password()
    ]


class Command(BaseCommand):
    help = "Print the demo's sign-ins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="all people, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        found = accounts()
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))
            return
        self.stdout.write(f"Every password is {demo.PASSWORD}")
        shown: set[str] = set()
        for row in found:
            if row["roles"][0] not in shown:
                shown.add(row["roles"][0])
                self.stdout.write(f"  {row['roles'][0]:<12} {row['email']}")
