"""What is said when the database does not answer, and what the cache does when Valkey does not."""

from __future__ import annotations

import contextvars
import os
import resource
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache, caches
from django.db import InterfaceError, OperationalError, connection, connections
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path
from psycopg import errors

from cohort import ratelimit
from cohort.server import away
from cohort.server.cache import Cache, Kept
from cohort.server.models import CacheRow
from cohort.server.postgresql import base
from tests.conftest import signed_in

OWN = {"default": {**settings.CACHES["default"]}}
NOWHERE = {"default": {"BACKEND": "cohort.server.cache.Cache", "LOCATION": "redis://127.0.0.1:1/0"}}


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "says_so"),
    [
        (OperationalError("the database server does not answer"), True),
        (InterfaceError("the connection is closed"), True),
        (caused(OperationalError(), psycopg.OperationalError("connection refused")), True),
        (caused(OperationalError(), errors.AdminShutdown()), True),
        (caused(OperationalError(), errors.TooManyConnections()), True),
        (caused(OperationalError(), errors.DeadlockDetected()), False),
        (caused(OperationalError(), errors.QueryCanceled()), False),
        (ValueError(), False),
    ],
)
def test_which_errors_say_that_there_is_no_database(error: Exception, says_so: bool) -> None:
    assert away.is_away(error) is says_so


def gone(request: HttpRequest) -> HttpResponse:
    raise OperationalError("the database server does not answer")


def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError


handler500 = "cohort.server.away.server_error"
urlpatterns = [path("gone/", gone), path("broken/", broken), path("", include("cohort.urls"))]


@pytest.mark.parametrize("debug", [True, False])
def test_a_page_without_a_database_says_so_in_both_languages(debug: bool) -> None:
    with override_settings(ROOT_URLCONF=__name__, DEBUG=debug):
        answer = Client(raise_request_exception=False).get("/gone/")
        other = Client(raise_request_exception=False).get("/broken/")
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "5", "no-store")
    assert ("The database does not answer" in page, "La base de datos no responde" in page) == (True, True)
    assert other.status_code == 500


def test_an_error_outside_of_a_view_gets_the_same_page() -> None:
    request = RequestFactory().get("/")
    try:
        raise OperationalError("the database server does not answer")
    except OperationalError:
        assert away.server_error(request).status_code == 503
    assert b"Try again" in away.page(request).content
    assert b"Try again" not in away.page(RequestFactory().post("/")).content  # it would ask for what was sent


@pytest.mark.django_db
def test_the_reader_is_looked_for_where_a_failure_is_answered(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(cast.participant)
    assert client.get("/").status_code == 200

    def refuse(execute: Callable[..., Any], *rest: Any) -> Any:
        raise OperationalError("the database server does not answer")

    with connection.execute_wrapper(refuse):
        assert client.get("/").status_code == 503
        assert client.get("/accounts/login/").status_code == 503


@pytest.mark.django_db
def test_without_valkey_the_cache_is_in_the_database_and_limits_hold() -> None:
    with override_settings(CACHES=NOWHERE):
        assert isinstance(cache._connections["default"], Cache)  # type: ignore[attr-defined]
        cache.set("a", {"b": 1}, 60)
        assert (cache.get("a"), cache.get("c", "none")) == ({"b": 1}, "none")
        assert (cache.add("a", 2), cache.add("n", 1), cache.incr("n", 2)) == (False, True, 3)
        with pytest.raises(ValueError, match="not found"):
            cache.incr("nothing")
        assert [ratelimit.spend("try", "me", allowed=2, seconds=60) for _ in range(4)] == [True, True, False, False]
        assert 0 < ratelimit.retry_after("try", "me") <= 60
        assert CacheRow.objects.count() == 4
        cache.delete("a")
        assert cache.get("a") is None


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_counted_exactly_in_the_database() -> None:
    kept = Kept("server_cache", {})
    kept.set("n", 0, 60)

    def count() -> None:
        try:
            for _ in range(10):
                kept.incr("n")
        finally:
            connections.close_all()

    counting = [threading.Thread(target=count) for _ in range(5)]
    for one in counting:
        one.start()
    for one in counting:
        one.join()
    assert kept.get("n") == 50


@pytest.mark.django_db
def test_wrong_passwords_are_limited_without_valkey(cast: SimpleNamespace) -> None:
    client = Client()
    with override_settings(CACHES=NOWHERE):
        answers = [
            client.post("/accounts/login/", {"login": cast.participant.email, "password": f"wrong-{n}"})
            for n in range(12)
        ]
        right = client.post("/accounts/login/", {"login": cast.participant.email, "password": "pass-phrase-1"})
    assert {answer.status_code for answer in answers} <= {200, 429}
    assert right.status_code != 302


@pytest.mark.django_db
def test_a_valkey_that_answers_with_an_error_is_as_good_as_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is full, or a copy that takes no writes: it answers, and keeps nothing."""
    with override_settings(CACHES=OWN):
        client = cache._connections["default"]._cache.get_client()  # type: ignore[attr-defined]
        most = client.config_get("maxmemory")["maxmemory"]
        client.config_set("maxmemory", "1")
        try:
            cache.set("a", 1, 60)
            assert CacheRow.objects.count() == 1
            assert cache.get("a") == 1
        finally:
            client.config_set("maxmemory", most)


@pytest.mark.django_db
def test_many_counters_stay_in_the_database() -> None:
    with override_settings(CACHES=NOWHERE):
        for n in range(400):
            cache.add(f"limit:{n}", 1, 60)
        assert CacheRow.objects.count() == 400


@pytest.mark.db
def test_requests_share_one_client_of_valkey() -> None:
    found = [contextvars.Context().run(lambda: caches["default"]._cache) for _ in range(3)]  # type: ignore[attr-defined]
    assert len({id(client) for client in found}) == 1


@pytest.fixture
def address(db: None) -> dict[str, Any]:
    """How to reach the database, as its driver wants it."""
    known = connection.get_connection_params()
    return {key: value for key, value in known.items() if key in ("dbname", "user", "password", "host", "port")}


def wait_until_back(watch: base.Watch) -> None:
    end = time.monotonic() + 60
    while watch.away.is_set():
        assert time.monotonic() < end, "away for ever"
        time.sleep(0.02)


def test_who_has_no_file_left_to_ask_with_asks_again(address: dict[str, Any]) -> None:
    """Once away must not be away for ever. A file for the connection can be had here, and none to wait with."""
    watch, (soft, hard) = base.Watch(), resource.getrlimit(resource.RLIMIT_NOFILE)
    next_file = os.dup(0)
    os.close(next_file)
    resource.setrlimit(resource.RLIMIT_NOFILE, (next_file + 1, hard))
    try:
        assert watch.answers(address) is False
        assert watch.away.is_set()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    wait_until_back(watch)
    assert watch.answers(address) is True


def test_a_server_that_is_not_there_is_found_when_it_comes(address: dict[str, Any]) -> None:
    if not str(address.get("host", "")).startswith("/"):
        pytest.skip("this database has no socket in the file system")
    watch, folder = base.Watch(), Path("/tmp") / f"cohort-{uuid.uuid4().hex[:8]}"
    try:
        elsewhere = {**address, "host": str(folder)}
        assert watch.answers(elsewhere) is False
        folder.symlink_to(str(address["host"]))
        wait_until_back(watch)
        assert watch.answers(elsewhere) is True
    finally:
        folder.unlink(missing_ok=True)
