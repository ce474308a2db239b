"""The cast: the same people in every test, and the second cohort that must never see the first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.auth.hashers import get_hashers, make_password
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker

from cohort.local import servers
from cohort.people.models import Cohort, Membership, Role, User
from cohort.server.valkey import Pause
from tests import emptying, registers, tables

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in the tests' thread
emptying.install()


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> None:
    """Hashing a password the real way takes a third of a second, and the cast has fifteen people."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    get_hashers.cache_clear()


@pytest.fixture(autouse=True, scope="session")
def _static_files_when_asked_for() -> None:
    """Each client starts the middleware anew, and WhiteNoise would look at every file each time."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None,
    django_db_use_migrations: bool,
    django_db_keepdb: bool,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """The database of each process begins as a copy of one that is migrated, on the server that is the tests' own."""
    if any(servers.wanted()) and django_db_use_migrations and not django_db_keepdb:
        with django_db_blocker.unblock():
            connection.settings_dict["TEST"]["TEMPLATE"] = tables.ready()


@pytest.fixture(autouse=True)
def _known_start() -> Iterator[None]:
    """Every test starts in English, in the time zone of the settings, and with what the apps registered.

    A request leaves the language of its reader behind in the thread.
    """
    translation.activate("en")
    timezone.deactivate()
    with registers.kept():
        yield


@pytest.fixture(autouse=True)
def _fresh_cache(request: pytest.FixtureRequest) -> None:
    """Rate limits live in the cache and must not leak from test to test."""
    for pause in Pause.every:  # a test that took Valkey away is over
        pause.end()
    if not request.node.get_closest_marker("unit"):  # those run without any server
        cache.clear()


def person(name: str, **fields: object) -> User:
    """A user called ``name`` with the address ``name@example.org`` and the password ``pass-phrase-1``."""
    return User.objects.create_user(f"{name}@example.org", "pass-phrase-1", name=name.title(), **fields)


def join(user: User, cohort: Cohort, role: str) -> Membership:
    return Membership.objects.create(user=user, cohort=cohort, role=role)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def cohort(db: None) -> Cohort:
    return Cohort.objects.create(
        slug="north",
        name="North",
        state=Cohort.State.RUNNING,
        region="nw_washington",
        place="Northwest Washington",
        issue="health equity",
        seats=15,
        contact_name="Dana Reyes",
        contact_email="dana@example.org",
    )


@pytest.fixture
def other_cohort(db: None) -> Cohort:
    return Cohort.objects.create(slug="south", name="South", state=Cohort.State.RUNNING, seats=15)


@pytest.fixture
def cast(cohort: Cohort, other_cohort: Cohort) -> SimpleNamespace:
    """One person per role in ``cohort``, an applicant and a stranger without a role, and the other cohort's people."""
    password = make_password("pass-phrase-1")
    names = [*Role.values, *(f"other_{role}" for role in Role.values), "applicant", "stranger"]
    everybody = {
        name: User(email=f"{called}@example.org", name=called.title(), password=password)
        for name, called in ((name, name.replace("_", "-")) for name in names)
    }
    User.objects.bulk_create(everybody.values())  # nearly every test has them: one by one they take too long
    Membership.objects.bulk_create(
        Membership(user=everybody[f"{which}{role}"], cohort=where, role=role)
        for which, where in (("", cohort), ("other_", other_cohort))
        for role in Role.values
    )
    return SimpleNamespace(
        **everybody,
        superuser=User.objects.create_superuser("root@example.org", "pass-phrase-1"),
        cohort=cohort,
        other_cohort=other_cohort,
    )
