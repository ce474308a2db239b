"""The demo's page, letters, inbox and partners: filled, once, and without mail to anybody."""

from __future__ import annotations

from collections import Counter

from django.test import Client
from django.utils import timezone

from applications import demo, demo_call
from applications.models import Call, CallQuestion, LetterText, PageItem, Source
from applications.queries import partners as read
from cohort.outbox.models import Message
from cohort.people import demo_people
from tests.conftest import signed_in


def test_the_demo_fills_every_page_once(db: None) -> None:
    stage = demo_people.make_stage(timezone.now())
    for load in (demo_people.load, demo.load, demo_call.load, demo_call.load):
        load(stage)
    call = Call.objects.get()
    assert Counter(CallQuestion.objects.values_list("state", flat=True)) == {"open": 3, "answered": 2, "aside": 1}
    assert set(Message.objects.filter(kind="call_question_answer").values_list("state", flat=True)) == {"sent"}
    assert PageItem.objects.filter(part="question").count() == len(demo.FAQ) + 1
    assert LetterText.objects.count() == 1
    sources = read.sources(call, read.partners(call))
    assert len(sources.rows) == 3
    assert Source.objects.count() == sum(n for name, n in sources.rows if name != "none")
    public = Client().get(f"/calls/{call.slug}/").content.decode()
    for words in ("Luis Ortega", "Open evening online", "What if I work shifts", "Taking part is free"):
        assert words in public
    assert "Marisol" not in public
    client = signed_in(stage.people["coordinator1"])
    for path in ("manage/", "page/", "letter-texts/", "letter-texts/waitlist/", "inbox/", "partners/", "pool/"):
        assert client.get(f"/calls/{call.slug}/{path}").status_code == 200
