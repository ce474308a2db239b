"""The configured limits: each part's share of connections, and how processes are started with them."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from cohort.server import __main__ as start
from cohort.server import cache, limits, threads, valkey
from cohort.server.postgresql import base

ROOT = Path(settings.BASE_DIR)


def test_granian_gets_every_limit() -> None:
    words = start.words(host="127.0.0.1", port=8123)
    given = dict(zip(words[:-3:2], words[1:-3:2], strict=True))
    assert given["--backlog"] == str(limits.WEB_BACKLOG)
    assert given["--backpressure"] == str(limits.WEB_CONNECTIONS)
    assert given["--http1-header-read-timeout"] == str(limits.WEB_HEAD_SECONDS * 1000)
    assert (given["--workers"], given["--interface"]) == (str(limits.WEB_WORKERS), "asginl")
    assert (given["--host"], given["--port"]) == ("127.0.0.1", "8123")
    assert words[-3:] == ["--no-ws", "--respawn-failed-workers", "cohort.asgi:application"]


def test_a_live_room_of_the_largest_cohorts_and_silent_visitors_fit_into_one_process() -> None:
    assert limits.WEB_STREAMS < limits.WEB_CONNECTIONS
    assert limits.WEB_WAITING < limits.WEB_CONNECTIONS
    assert limits.WEB_CONNECTIONS > 1100 * 2


def test_what_waits_for_a_part_that_is_away_adds_up_to_less_than_is_promised() -> None:
    """Valkey: pages under two seconds. PostgreSQL: an honest page under five."""
    once = valkey.once()
    assert once["socket_timeout"] == once["socket_connect_timeout"] == limits.VALKEY_SECONDS
    assert once["retry"].get_retries() == 0
    uses = 3  # of Valkey that know nothing of each other: the cache, the broker, the live room's news
    assert uses * 2 * limits.VALKEY_SECONDS < 2
    assert valkey.AGAIN_AFTER > limits.VALKEY_SECONDS
    assert base.SILENCE + limits.DATABASE_SECONDS < 5
    assert settings.DATABASES["default"]["OPTIONS"]["connect_timeout"] == limits.DATABASE_SECONDS
    assert settings.DATABASES["default"]["CONN_HEALTH_CHECKS"] is True
    assert settings.CACHES["default"]["BACKEND"] == f"{cache.__name__}.Cache"
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"


def test_threads_and_with_them_connections_are_as_many_as_configured() -> None:
    assert (threads.pages.number, threads.files.number, threads.health.number) == (
        limits.WEB_THREADS,
        limits.WEB_FILES,
        1,
    )
    assert limits.connections()["web"] == limits.WEB_WORKERS * (limits.WEB_THREADS + limits.WEB_FILES + 1)


@pytest.mark.django_db
def test_all_parts_together_fit_into_what_the_embedded_server_takes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_connections")
        most = int(cursor.fetchone()[0])
    assert sum(limits.connections().values()) < most - 3  # PostgreSQL keeps three for its superuser


@pytest.mark.parametrize(("word", "right"), [("8", True), ("0", False), ("-1", False), ("many", False), ("", True)])
def test_a_limit_that_is_no_number_is_refused_by_name(word: str, right: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_THREADS", word)
    try:
        if right:
            assert int(word or 4) == importlib.reload(limits).WEB_THREADS
        else:
            with pytest.raises(ValueError, match="WEB_THREADS"):
                importlib.reload(limits)
    finally:
        monkeypatch.undo()
        importlib.reload(limits)


def test_every_example_of_production_starts_the_pages_in_the_one_way() -> None:
    web = re.search(r"^web: (.*)$", (ROOT / "Procfile").read_text(), re.M)
    assert web is not None
    assert web[1] == "python -m cohort.server"
    assert 'CMD ["python", "-m", "cohort.server"]' in (ROOT / "deploy" / "Containerfile").read_text()
    unit = (ROOT / "deploy" / "cohort@.service").read_text()
    assert "deploy/process %i" in unit
    files = re.search(r"^LimitNOFILE=(\d+)$", unit, re.M)
    assert files is not None
    assert int(files[1]) >= limits.WEB_CONNECTIONS + start.FILES
