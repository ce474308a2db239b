"""How allauth meets our users: names, invitations, and mail that speaks like the rest."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from cohort.people import languages
from cohort.people.models import User


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Anybody may make an account: applying is open to all, and an account alone opens nothing."""
        return True

    def populate_username(self, request: HttpRequest, user: User) -> None:
        """We have no user names."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user = super().save_user(request, user, form, commit=False)
        user.email = user.email.lower()
        user.language = languages.current()  # the one they signed up in
        if commit:
            user.save()
        return user
