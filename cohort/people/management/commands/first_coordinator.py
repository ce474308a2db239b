from __future__ import annotations

import getpass
import sys
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from cohort.people.models import User


class Command(BaseCommand):
    help = "Make the first coordinator: a person who may start cohorts. Does nothing when there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email")
        parser.add_argument("--name", default="")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(is_staff=True, is_active=True).exists():
            return
        email = options["email"]
        if not email:
            if not sys.stdin.isatty():
                self.stdout.write("Nobody can start a cohort yet. Run: python3 start.py first_coordinator")
                return
            self.stdout.write("Who will be the first coordinator? They can start cohorts and invite the others.")
            email = self.ask("Email: ", validate_email)
            options["name"] = options["name"] or input("Full name: ").strip()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email}: {' '.join(error.messages)}") from error
        password = sys.stdin.readline().strip() if options["password_stdin"] else self.ask_password()
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        with transaction.atomic():
            user = User.objects.create_user(email, password, name=options["name"], is_staff=True)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        self.stdout.write(f"{user.email} can now sign in and start a cohort.")

    def ask(self, question: str, check: Any) -> str:
        while True:
            answer = input(question).strip()
            try:
                check(answer)
            except ValidationError as error:
                self.stdout.write(" ".join(error.messages))
            else:
                return answer

    def ask_password(self) -> str:
        while True:
            first = getpass.getpass("Password: ")
            try:
                validate_password(first)
            except ValidationError as error:
                self.stdout.write(" ".join(error.messages))
                continue
            if first == getpass.getpass("The same again: "):
                return first
            self.stdout.write("The two are not the same.")
