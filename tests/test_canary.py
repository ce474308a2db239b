"""No private word leaves by mail: every kind there is, to every role, in both languages, byte by byte.

The kinds come from the register, so a new one is covered by itself, and fails here when it cannot be made.
"""

from __future__ import annotations

import base64
import email
import json
import logging
from collections.abc import Iterable
from email.policy import default
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from cohort.outbox import api as outbox_api
from cohort.outbox import rendering
from cohort.outbox.delivery import planner, sender
from cohort.outbox.models import Message
from cohort.outbox.registry import kinds
from cohort.people.models import HistoryEntry
from sessions.library.actions import load_activities
from sessions.models import Activity
from tests.canary import CANARIES, World, holders
from tests.clock import clock_at
from tests.sessions import season

pytestmark = pytest.mark.django_db
STOP = "https://cohort.example/stop/token/"


@pytest.fixture
def world(cast: SimpleNamespace) -> World:
    load_activities()
    return World(cast, {activity.slug: activity for activity in Activity.objects.all()})


def everything(made: rendering.Mail) -> str:
    """All that travels: the raw bytes, and headers and parts decoded, so that no encoding hides a word."""
    raw = made.message().as_bytes()
    parsed = email.message_from_bytes(raw, policy=default)
    found = [raw.decode("ascii", "replace"), *(f"{name}: {value}" for name, value in parsed.items())]
    for part in parsed.walk():
        found += [f"{name}: {value}" for name, value in part.items()]
        if not part.is_multipart():
            content = part.get_content()
            found.append(content.decode("utf-8", "replace") if isinstance(content, bytes) else content)
    return "\n".join(found)


def spilled(words: str, *, besides: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    return [name for name, canary in CANARIES.items() if canary in words and name not in besides]


def test_every_canary_exists(world: World) -> None:
    """First the proof that there is something to find: each word stands in a table, and one in the right place."""
    assert [name for name, words in CANARIES.items() if not list(holders(words))] == []
    assert list(holders(CANARIES["identity words"])) == ["applications_identityanswer"]
    world.other.refresh_from_db()
    mail = rendering.render(world.message(kinds.get("weekly_digest"), world.other), kinds.get("weekly_digest"))
    assert spilled(mail.text) == ["other name"]  # a person's own name reaches that person, so the search would see it


def leaks(world: World, which: Iterable[kinds.MessageKind]) -> dict[str, Any]:
    """What private words come out where, and which messages cannot be made."""
    leaks: dict[str, Any] = {}
    for kind in which:
        for reader in world.readers:
            # Words do not hang on the role and the language at once: one reader of Spanish is enough.
            for language in ("en", "es") if reader == world.readers[0] else ("en",):
                reader.language = language
                message = world.message(kind, reader)
                where = f"{kind.name} to {reader.name} in {language}"
                try:
                    code = kind.still_needed(message) or ""
                    part = rendering.render(message, kind, STOP if kind.stoppable else "")
                    words = everything(rendering.mail([(message, part)], STOP if kind.stoppable else "")) + code
                except Exception as error:
                    leaks[where] = f"cannot be made: {type(error).__name__}: {error}"
                else:
                    if found := spilled(words):
                        leaks[where] = found
    return leaks


def test_no_private_word_in_any_kind_for_any_role(world: World) -> None:
    assert leaks(world, kinds.registered()) == {}


def test_a_kind_that_leaks_or_cannot_be_made_would_be_found(world: World) -> None:
    def reason(message: Message) -> str:
        return str(world.commitment.__class__.objects.get(pk=message.refs["commitment"]).what)

    unknown = kinds.MessageKind(
        name="unknown",
        klass="A",
        title="x",
        template="outbox/mail/unwell",
        context=lambda message: message.refs["moon"],
    )
    told = kinds.MessageKind(
        name="told",
        klass="A",
        title="x",
        template="outbox/mail/unwell",
        context=lambda message: {"words": reason(message), "health_path": "/"},
    )
    found = leaks(world, [unknown, told])
    assert len(found) == 2 * (1 + len(world.readers))
    assert found["told to Steward in en"] == ["commitment what"]
    assert "teach tests/canary.py" in found["unknown to Coordinator in es"]


@pytest.mark.django_db(transaction=True)
def test_no_private_word_in_rows_broker_history_or_log(world: World, caplog: Any) -> None:
    """All that real actions, planner and sender leave behind while the season goes on."""
    caplog.set_level(logging.DEBUG)
    broker = redis.Redis.from_url(settings.REDIS_URL, db=settings.BROKER_DB)
    for moment in (season.at(18, 15), season.at(19, 10), season.at(22, 10), season.at(2, 10, month=3), timezone.now()):
        with clock_at(moment):
            planner.plan_all(moment)
            sender.send_due(moment)
    outbox_api.queue(kind="unreachable", key="wake", recipient=world.cast.facilitator, refs={"address": "x"})
    assert Message.objects.filter(state="sent").count() > 5
    assert broker.llen("celery") > 0  # the world's actions and this one woke a sender
    items = [one.decode() for one in broker.lrange("celery", 0, -1)]
    broker.delete("celery")
    bodies = [base64.b64decode(json.loads(one)["body"]).decode() for one in items]
    with connection.cursor() as cursor:
        cursor.execute("SELECT m::text FROM outbox_message m UNION ALL SELECT t::text FROM outbox_stoptoken t")
        rows = "\n".join(row for (row,) in cursor.fetchall())
    history = json.dumps(list(HistoryEntry.objects.values_list("verb", "details")), default=str)
    left = {"rows": rows, "broker": "".join(items + bodies), "history": history, "log": caplog.text}
    assert {name: found for name, words in left.items() if (found := spilled(words))} == {}
