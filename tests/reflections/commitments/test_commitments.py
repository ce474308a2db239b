"""Commitments: private to their author, looked back on at the day they chose, and never quoted in a mail."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cohort.outbox.models import Message
from cohort.outbox.registry import kinds
from cohort.people.models import HistoryEntry
from reflections import home as reflections_home
from reflections.commitments import actions as commitments_actions
from reflections.commitments import look_back_messages
from reflections.commitments import queries as commitments_queries
from reflections.models import Commitment
from reflections.models.commitments import OPEN_STATES
from tests.conftest import join, person, signed_in

WHAT, CUE = "Hand the agenda to the council", "When I draft it on Monday"
TODAY = timezone.localdate


def make(cast: SimpleNamespace, **changes: Any) -> Commitment:
    fields = {
        "author": cast.participant,
        "cohort": cast.cohort,
        "kind": "share_power",
        "what": WHAT,
        "cue": CUE,
        "look_back_on": TODAY() + timedelta(days=7),
    }
    return commitments_actions.commit(**fields | changes)


def test_a_commitment_is_its_authors_alone(cast: SimpleNamespace) -> None:
    made = make(cast)
    mine = signed_in(cast.participant).get("/commitments/").content.decode()
    assert WHAT in mine
    for name in ("facilitator", "coordinator", "other_participant", "superuser", "stranger"):
        client = signed_in(getattr(cast, name))
        assert WHAT not in client.get("/commitments/").content.decode()
        for path in (f"/commitments/{made.pk}/", f"/commitments/{made.pk}/remove/"):
            assert client.get(path).status_code == 404
        assert client.post(f"/commitments/{made.pk}/show/").status_code == 404
    assert Commitment.objects.get().reader == "author"


def test_showing_it_reaches_the_cohort_and_can_be_undone(cast: SimpleNamespace) -> None:
    made = make(cast)
    client = signed_in(cast.participant)
    assert client.post(f"/commitments/{made.pk}/show/").status_code == 302
    seen = {
        name: WHAT in signed_in(getattr(cast, name)).get("/commitments/").content.decode()
        for name in ("facilitator", "coordinator", "other_participant", "superuser")
    }
    assert seen == {"facilitator": True, "coordinator": False, "other_participant": False, "superuser": False}
    client.post(f"/commitments/{made.pk}/show/")
    assert WHAT not in signed_in(cast.facilitator).get("/commitments/").content.decode()


def test_making_one_through_the_page(cast: SimpleNamespace) -> None:
    client = signed_in(cast.participant)
    assert client.get("/commitments/new/").status_code == 200
    data = {"what": WHAT, "cue": CUE, "kind": "listen", "look_back_on": TODAY() + timedelta(days=3), "reader": "author"}
    assert client.post("/commitments/new/", data | {"look_back_on": TODAY()}).status_code == 200
    assert not Commitment.objects.exists()
    assert client.post("/commitments/new/", data).status_code == 302
    made = Commitment.objects.get()
    assert (made.author, made.cohort, made.kind, made.state) == (cast.participant, cast.cohort, "listen", "on")
    assert signed_in(cast.coordinator).get("/commitments/new/").status_code == 404


@pytest.mark.parametrize("before", Commitment.MOVES)
@pytest.mark.parametrize("after", Commitment.MOVES)
def test_every_step_from_state_to_state(cast: SimpleNamespace, before: str, after: str) -> None:
    made = make(cast)
    Commitment.objects.filter(pk=made.pk).update(state=before)
    day = TODAY() + timedelta(days=20)

    def step() -> Commitment:
        return commitments_actions.look_back(
            commitment=made, by=cast.participant, state=after, learned="", look_back_on=day
        )

    if after in Commitment.MOVES[before]:
        assert step().state == after
        assert (Commitment.objects.get().version == 2) == (after in OPEN_STATES)
    else:
        with pytest.raises(ValidationError):
            step()
        assert Commitment.objects.get().state == before


def test_looking_back_through_the_page(cast: SimpleNamespace) -> None:
    made = make(cast)
    client, path = signed_in(cast.participant), f"/commitments/{made.pk}/"
    assert client.post(path, {"state": "part", "learned": "x", "look_back_on": ""}).status_code == 200
    assert Commitment.objects.get().state == "on"
    answer = {"state": "letting_go", "learned": "It was not mine.", "look_back_on": ""}
    assert client.post(path, answer).status_code == 302
    closed = Commitment.objects.get()
    assert (closed.state, closed.learned, closed.version) == ("letting_go", "It was not mine.", 1)
    assert "It was not mine." in client.get(path).content.decode()
    assert client.post(f"{path}remove/").status_code == 302
    assert not Commitment.objects.exists()


def test_nobody_acts_on_somebody_elses(cast: SimpleNamespace) -> None:
    made = make(cast)
    for call in (
        lambda: commitments_actions.look_back(
            commitment=made, by=cast.facilitator, state="did", learned="", look_back_on=None
        ),
        lambda: commitments_actions.show(commitment=made, by=cast.facilitator, reader="cohort"),
        lambda: commitments_actions.remove(commitment=made, by=cast.facilitator),
        lambda: make(cast, author=cast.other_participant),
    ):
        with pytest.raises(PermissionDenied):
            call()
    assert Commitment.objects.get().state == "on"


def test_the_log_holds_no_words(cast: SimpleNamespace) -> None:
    made = make(cast)
    commitments_actions.look_back(
        commitment=made, by=cast.participant, state="did", learned="private lesson", look_back_on=None
    )
    rows = HistoryEntry.objects.filter(verb__startswith="commitment.")
    assert [row.verb for row in rows] == ["commitment.made", "commitment.looked_back"]
    assert not any(word in str(row.details) for row in rows for word in (WHAT, CUE, "private lesson"))


def test_a_count_is_shown_for_five_people_or_more_only(cast: SimpleNamespace) -> None:
    for number in range(4):
        someone = person(f"p{number}")
        join(someone, cast.cohort, "participant")
        make(cast, author=someone)
        make(cast, author=someone)
    assert commitments_queries.commitments_made(cast.cohort) is None
    make(cast)
    assert commitments_queries.commitments_made(cast.cohort) == 5


# ------------------------------------------------------------------ mail
def test_the_mail_is_planned_for_nine_in_the_morning_where_its_author_is(cast: SimpleNamespace) -> None:
    cast.participant.time_zone = "America/New_York"
    cast.participant.save(update_fields=["time_zone"])
    made = make(cast, look_back_on=date(2026, 12, 3))
    closed = make(cast, look_back_on=date(2026, 12, 3))
    Commitment.objects.filter(pk=closed.pk).update(state="did")
    make(cast, look_back_on=date(2026, 12, 20))
    planned = list(look_back_messages._plan(datetime(2026, 12, 2, 12, tzinfo=UTC)))
    assert [(p.key, p.recipient, p.due_at, dict(p.refs)) for p in planned] == [
        (
            f"commit_back:{made.pk}:1",
            cast.participant,
            datetime(2026, 12, 3, 14, tzinfo=UTC),
            {"commitment": str(made.pk), "version": 1},
        ),
    ]


def message(made: Commitment, version: int = 1) -> Message:
    return Message(kind="commitment_lookback", refs={"commitment": str(made.pk), "version": version})


def test_it_is_not_sent_once_it_is_closed_moved_or_gone(cast: SimpleNamespace) -> None:
    made, policy = make(cast), kinds.get("commitment_lookback")
    assert policy.still_needed(message(made)) is None
    later = TODAY() + timedelta(9)
    commitments_actions.look_back(commitment=made, by=cast.participant, state="part", learned="", look_back_on=later)
    assert policy.still_needed(message(made)) == "date_changed"
    assert policy.still_needed(message(made, 2)) is None
    commitments_actions.look_back(
        commitment=made, by=cast.participant, state="letting_go", learned="", look_back_on=None
    )
    assert policy.still_needed(message(made, 2)) == "closed"


def test_no_mail_holds_a_private_word(cast: SimpleNamespace) -> None:
    made = make(cast)
    policy = kinds.get("commitment_lookback")
    context = policy.context(message(made)) | {"site_url": "https://cohort.example", "recipient": cast.participant}
    said = [render_to_string(f"{policy.template}{ending}", context) for ending in (".subject.txt", ".txt", ".html")]
    assert f"https://cohort.example/commitments/{made.pk}/" in said[1]
    assert not any(word in part for part in said for word in (WHAT, CUE, "share_power", "Share power"))


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("created", "set up"),
        ("passphrase", "passphrase of your journal was changed"),
        ("code", "recovery code"),
        ("both", "a new passphrase and a new recovery code"),
        ("rotated", "moved to a new key"),
        ("reset_asked", "seven days"),
        ("reset_cancelled", "stays as it is"),
    ],
)
def test_notices_about_keys_say_what_happened(what: str, words: str) -> None:
    context = {"what": what, "site_url": "https://cohort.example", "journal_path": "/journal/"}
    for ending in (".txt", ".html"):
        assert words in render_to_string(f"reflections/journal/mail/journal_notice{ending}", context)
    assert render_to_string("reflections/journal/mail/journal_notice.subject.txt", context).strip()


# ------------------------------------------------------------------ home and menu
def test_the_journal_card_says_the_same_to_everybody_always(cast: SimpleNamespace) -> None:
    before = list(reflections_home.home_cards(cast.participant))
    from tests.reflections.conftest import Hand

    hand = Hand(cast.participant)
    assert hand.create().status_code == 201
    hand.write("something")
    assert (
        list(reflections_home.home_cards(cast.participant))
        == before
        == list(reflections_home.home_cards(cast.other_facilitator))
    )
    assert len(before) == 1
    assert (
        list(reflections_home.home_cards(cast.coordinator)) == list(reflections_home.home_cards(cast.superuser)) == []
    )


def test_a_commitment_comes_back_on_its_day(cast: SimpleNamespace) -> None:
    made = make(cast)
    assert len(list(reflections_home.home_cards(cast.participant))) == 1
    Commitment.objects.filter(pk=made.pk).update(look_back_on=TODAY())
    found = list(reflections_home.home_cards(cast.participant))
    assert [card.title for card in found] == ["Write for yourself", "Look back on your commitment"]
    assert not any(WHAT in card.body for card in found)


def test_the_list_costs_the_same_for_one_and_for_twenty(cast: SimpleNamespace) -> None:
    client = signed_in(cast.facilitator)
    make(cast, reader="cohort")
    make(cast, author=cast.facilitator)
    client.get("/commitments/")
    with CaptureQueriesContext(connection) as one:
        client.get("/commitments/")
    for _ in range(19):
        make(cast, reader="cohort")
        make(cast, author=cast.facilitator)
    with CaptureQueriesContext(connection) as twenty:
        assert client.get("/commitments/").content.decode().count("Hand the agenda") == 40
    assert len(twenty) == len(one)
