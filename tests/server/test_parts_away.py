"""Valkey and PostgreSQL killed and frozen under a real web process, and what people get meanwhile and afterwards.

Nothing is timed here: how long anybody waits is the sum of limits that ``test_limits.py`` reads.
"""

from __future__ import annotations

import asyncio
import json
import re
import resource
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from cohort.local import places
from cohort.server import limits
from tests.reflections.conftest import Hand
from tests.server.site import Browser, Site, manage, running

pytestmark = [pytest.mark.stack, pytest.mark.faults]

FIND = """
import json
import re
import resource
from applications.common.call_forms import form_of
from applications.models import Application
from datetime import timedelta
from django.utils import timezone
from sessions.models import Session, Survey

from benchmarks.pages import session_of
draft = Application.objects.filter(state="draft", call__state="open").select_related("applicant").first()
part = form_of(draft.form_version_id).sections[0]
session = Session.objects.filter(survey=None, cohort__memberships__user__email="participant1@demo.example").first()
survey = Survey.objects.create(session=session, closes_at=timezone.now() + timedelta(days=1))
print(json.dumps({
    "applicant": session_of(draft.applicant),
    "draft": f"/applications/{draft.pk}/parts/{part.id}/",
    "survey": f"/e/{survey.code}/",
}))
"""
ROLES = ("coordinator1", "screener1", "facilitator1", "participant1", "steward1", "applicant1")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running(WEB_HEAD_SECONDS="3") as made:
        yield made


@pytest.fixture(scope="module")
def found(site: Site) -> dict[str, str]:
    return dict(json.loads(manage(site.state, "shell", "--no-imports", "-c", FIND)))


@pytest.fixture(scope="module")
def people(site: Site) -> dict[str, Browser]:
    """One signed-in browser a role."""
    made = {}
    for role in ROLES:
        made[role] = Browser(site.port)
        assert made[role].sign_in(f"{role}@demo.example").status_code == 302
    return made


def connections_of(site: Site) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COHORT_STATE", str(site.state))
        with psycopg.connect(places.database_url(), autocommit=True) as there:
            row = there.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE backend_type LIKE 'client%' AND pid <> pg_backend_pid()"
            ).fetchone()
    return int(row[0]) if row else -1


def pages(people: dict[str, Browser]) -> dict[str, int]:
    return {role: browser.get("/").status_code for role, browser in people.items()}


def everything_that_must_go_on(site: Site, people: dict[str, Browser], found: dict[str, str]) -> dict[str, Any]:
    """Sign-in, pages of every role, autosave, a journal save, a survey: each with what it answered."""
    answers: dict[str, Any] = {role: status for role, status in pages(people).items() if status != 200}
    guest = Browser(site.port)
    answers["sign in"] = guest.sign_in("participant2@demo.example").status_code
    applicant = Browser(site.port)
    applicant.cookies.load(found["applicant"])
    base = re.search(r'name="base" value="(\d+)"', applicant.get(found["draft"]).text)
    saved = applicant.post(f"{found['draft']}autosave/", {"base": base[1] if base else ""})
    answers["autosave"] = saved.status_code
    hand = Hand(None, guest)  # type: ignore[arg-type]
    state = hand.send("GET", "state", b"", proof=None)
    answers["journal state"] = state.status_code
    if not state.json().get("journal"):
        answers["journal"] = hand.create().status_code
        record = hand.write("Only mine.")
        answers["journal save"] = len(record)
    member = people["participant1"]
    answers["survey"] = member.get(found["survey"]).status_code
    answers["survey without answers is asked again or thanked for"] = member.post(found["survey"], {}).status_code
    return answers


def right(answers: dict[str, Any]) -> bool:
    wanted: dict[str, Any] = {
        "sign in": 302,
        "autosave": 200,
        "journal state": 200,
        "journal": 201,
        "journal save": 16,
        "survey": 200,
        "survey without answers is asked again or thanked for": 200,
    }
    return all(wanted.get(name) == value for name, value in answers.items())


@pytest.mark.parametrize("how", ["frozen", "dead"])
def test_without_valkey_people_go_on(site: Site, people: dict[str, Browser], found: dict[str, str], how: str) -> None:
    with getattr(site, how)("valkey-server"):
        answers = everything_that_must_go_on(site, people, found)
        assert right(answers), answers
        health = Browser(site.port).get("/healthz")
        assert (health.status_code, health.json()["broker"], health.json()["database"]) == (503, "missing", "ok")
    site.wait_until_healthy("database", "broker")
    assert set(pages(people).values()) == {200}


@pytest.mark.parametrize("how", ["frozen", "dead"])
def test_without_postgresql_pages_say_so_and_all_work_from_the_first_green_health_on(
    site: Site, people: dict[str, Browser], how: str
) -> None:
    assert set(pages(people).values()) == {200}
    with getattr(site, how)("postgres"):
        for browser in people.values():
            answer = browser.get("/")
            assert answer.status_code == 503
            assert "The database does not answer" in answer.text
            assert "La base de datos no responde" in answer.text
        health = Browser(site.port).get("/healthz")
        assert (health.status_code, health.json()["database"]) == (503, "missing")
        assert Browser(site.port).get("/accounts/login/").status_code == 200  # needs no database
    site.wait_until_healthy("database")
    for _ in range(2 * limits.WEB_THREADS):  # every thread had a connection that is broken now
        assert set(pages(people).values()) == {200}


def test_a_crowd_gets_its_pages_by_as_many_connections_as_configured(site: Site, people: dict[str, Browser]) -> None:
    cookie = "; ".join(f"{name}={one.value}" for name, one in people["participant1"].cookies.items())

    async def one(go: asyncio.Event) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        await go.wait()
        writer.write(f"GET / HTTP/1.1\r\nHost: localhost:{site.port}\r\nCookie: {cookie}\r\n\r\n".encode())
        head = await reader.readline()
        writer.close()
        return int(head.split()[1])

    async def all_() -> list[int]:
        go = asyncio.Event()
        visitors = [asyncio.create_task(one(go)) for _ in range(150)]
        await asyncio.sleep(0.5)
        go.set()
        return list(await asyncio.gather(*visitors))

    assert asyncio.run(all_()) == [200] * 150
    assert connections_of(site) <= limits.WEB_THREADS + limits.WEB_FILES + 1


def test_silent_connections_do_not_close_the_site(site: Site) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))

    async def all_() -> list[int]:
        silent = [await asyncio.open_connection("127.0.0.1", site.port) for _ in range(1100)]
        loop = asyncio.get_running_loop()
        found = [
            await loop.run_in_executor(None, lambda: Browser(site.port).get("/calls/").status_code) for _ in range(5)
        ]
        assert (
            await asyncio.gather(*(reader.read() for reader, _writer in silent)) == [b""] * 1100
        )  # closed by the site
        return found

    try:
        assert asyncio.run(all_()) == [200] * 5
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
