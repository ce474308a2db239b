"""The mail itself: both parts say the same, replies reach people, one click stops, and nothing private inside."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import redis
from django.conf import settings as live
from django.core import mail
from django.db import connection, transaction
from django.test import Client

from cohort.outbox import api as outbox_api
from cohort.outbox.delivery import sender
from cohort.outbox.models import Message, Preference, State, StopToken
from cohort.people.models import Membership, User
from tests.outbox.conftest import TUESDAY

pytestmark = pytest.mark.django_db
CANARY = "canary-c4n4ry words that nobody else may read"


def send(cast: SimpleNamespace, kind: str = "trial", key: str = "k:1", user: User | None = None, **fields: Any) -> Any:
    outbox_api.queue(
        kind=kind, key=key, recipient=user or cast.participant, cohort=cast.cohort, due_at=TUESDAY, **fields
    )
    sender.send_due(TUESDAY)
    return mail.outbox[-1]


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words, self.skip = [], 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.skip += tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self.skip -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self.skip:
            self.words += data.split()


def words_of(html: str) -> list[str]:
    parser = _Words()
    parser.feed(html)
    return parser.words


def test_text_and_html_say_the_same(cast: SimpleNamespace, trial: Any) -> None:
    trial("nudge", klass="B")
    made = send(cast, "nudge")
    html = made.alternatives[0].content
    text = re.sub(r"https?://\S+", "", made.body)
    assert "Tom & Eva say: see you there" in text
    in_html = " ".join(words_of(html)).replace(":", "").split()
    missing = [word for word in re.sub(r"[-:\s]+", " ", text).split() if word not in in_html]
    assert missing == []
    for url in re.findall(r"https?://\S+", made.body):
        assert f'href="{url}"' in html


def test_the_frame_names_its_language_and_fetches_nothing(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    User.objects.filter(pk=cast.participant.pk).update(language="es")
    html = send(cast).alternatives[0].content
    assert '<html lang="es"' in html
    assert html.count("<h1>") == 1
    assert re.findall(r"(?:src|background)=|@import|url\(|<script|<img", html) == []
    assert "prefers-color-scheme: dark" in html


def test_replies_go_to_people(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    made = send(cast)
    assert made.reply_to == ["Dana Reyes <dana@example.org>"]
    assert "Reply to this email to reach Dana Reyes." in made.body
    assert "You get this because it is about you and North." in made.body
    assert made.extra_headers["Auto-Submitted"] == "auto-generated"


def test_a_name_cannot_add_headers(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    User.objects.filter(pk=cast.participant.pk).update(preferred_name="Eva\r\nBcc: all@example.org, x")
    made = send(cast)
    parsed = made.message()
    assert parsed["Bcc"] is None
    assert made.recipients() == ['"Eva Bcc: all@example.org, x" <participant@example.org>']


# ---------------------------------------------------------------- one click


def test_one_click_stops_at_once_without_cookies(cast: SimpleNamespace, trial: Any) -> None:
    trial("nudge", klass="B")
    made = send(cast, "nudge")
    assert made.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url, mailto = re.findall(r"<([^>]+)>", made.extra_headers["List-Unsubscribe"])
    assert url.startswith(live.SITE_URL)
    token = urlsplit(url).path.split("/")[2]
    assert mailto == f"mailto:dana@example.org?subject=stop%20{token}&body={quote(url, safe='')}"
    path = urlsplit(url).path
    waiting = outbox_api.queue(kind="nudge", key="k:2", recipient=cast.participant, cohort=cast.cohort)
    assert waiting
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get(path).status_code == 200
    assert Preference.objects.count() == 0  # looking changes nothing
    for _again in range(2):
        answer = stranger.post(path, {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.content, answer.cookies) == (200, b"", {})
    assert Preference.objects.get().wanted is False
    assert Message.objects.get(key="k:2").state == State.SUPPRESSED


def test_the_confirm_page_stops_too_and_links_run_out(cast: SimpleNamespace, trial: Any) -> None:
    trial("nudge", klass="B", title="The day before")
    made = send(cast, "nudge")
    path = urlsplit(re.findall(r"<([^>]+)>", made.extra_headers["List-Unsubscribe"])[0]).path
    page = Client().get(path)
    assert "The day before" in page.content.decode()
    assert cast.participant.email not in page.content.decode()
    assert Client().post(path).status_code == 200
    assert Preference.objects.get().wanted is False
    StopToken.objects.update(expires_at=TUESDAY - timedelta(days=200))
    assert [Client().get(path).status_code, Client().post(path).status_code] == [404, 404]
    assert Client().get("/stop/nothing/").status_code == 404


def test_a_link_works_after_the_membership_ended_and_is_one_per_kind(cast: SimpleNamespace, trial: Any) -> None:
    trial("nudge", klass="B"), trial("other", klass="F")
    first = send(cast, "nudge")
    second = send(cast, "other", "k:2")
    Membership.objects.filter(user=cast.participant).update(ended_at=TUESDAY)
    path = urlsplit(re.findall(r"<([^>]+)>", first.extra_headers["List-Unsubscribe"])[0]).path
    assert first.extra_headers["List-Unsubscribe"] != second.extra_headers["List-Unsubscribe"]
    Client().post(path, {"List-Unsubscribe": "One-Click"})
    assert list(Preference.objects.values_list("kind", "wanted")) == [("nudge", False)]


def test_a_shared_mail_stops_all_its_kinds_with_one_click(cast: SimpleNamespace, trial: Any) -> None:
    trial("nudge", klass="B"), trial("digest", klass="C", topic="digest")
    outbox_api.queue(kind="digest", key="k:0", recipient=cast.participant, cohort=cast.cohort, due_at=TUESDAY)
    made = send(cast, "nudge")
    url = re.findall(r"<([^>]+)>", made.extra_headers["List-Unsubscribe"])[0]
    Client().post(urlsplit(url).path, {"List-Unsubscribe": "One-Click"})
    assert set(Preference.objects.values_list("kind", "wanted")) == {("nudge", False), ("digest", False)}


def test_essential_mail_carries_no_stop_link(cast: SimpleNamespace, trial: Any) -> None:
    trial()
    made = send(cast)
    assert "List-Unsubscribe" not in made.extra_headers
    assert "/stop/" not in made.body + made.alternatives[0].content


# ---------------------------------------------------------------- nothing stored, nothing in the broker


@pytest.mark.django_db(transaction=True)
def test_no_words_in_rows_broker_or_log(cast: SimpleNamespace, trial: Any, caplog: Any) -> None:
    """The canary first: the reader does get it. Then: nobody keeps it."""
    trial(context=lambda m: {"words": CANARY})
    broker = redis.Redis.from_url(live.REDIS_URL, db=live.BROKER_DB)
    broker.delete("celery")
    with caplog.at_level("DEBUG"), transaction.atomic():
        outbox_api.queue(
            kind="trial",
            key="k:1",
            recipient=cast.participant,
            cohort=cast.cohort,
            due_at=TUESDAY,
            refs={"application": "0b3eac8f-f168-4b80-8dc8-cd1b234707c8"},
        )
    payload = broker.lrange("celery", 0, -1)
    assert len(payload) == 1, "the action did not wake the sender through the broker"
    with caplog.at_level("DEBUG"):
        sender.send_due(TUESDAY)
    assert CANARY in mail.outbox[0].body
    assert CANARY in mail.outbox[0].alternatives[0].content
    with connection.cursor() as cursor:
        cursor.execute("SELECT json_agg(m)::text FROM outbox_message m")
        stored = cursor.fetchone()[0]
    sent = json.loads(payload[0])
    assert json.loads(__import__("base64").b64decode(sent["body"]))[:2] == [[], {}]
    assert (sent["headers"]["argsrepr"], sent["headers"]["kwargsrepr"]) == ("()", "{}")
    everywhere = stored + payload[0].decode() + caplog.text
    assert [word for word in (CANARY, "canary", "participant@example.org") if word in everywhere] == []
    broker.delete("celery")
