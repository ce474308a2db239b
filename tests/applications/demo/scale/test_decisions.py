"""The list of decisions by number says what the whole board says, a page at a time."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.common import paging
from applications.decisions import page_queries
from applications.decisions import queries as decisions_queries
from applications.models import Application, Call, Decision, Proposal, Release
from applications.review import actions as review_actions
from tests.applications.pool import make_application, make_applications, make_call, make_screeners, score
from tests.conftest import signed_in
from tests.pages import flat

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    """Fourteen applications: read or not, flagged, decided, in every kind of release, one with a tie, one withdrawn."""
    call = make_call(cast.cohort)
    rows = make_applications(call, 14)
    readers, now = make_screeners(cast.cohort, 3), timezone.now()
    for n, row in enumerate(rows[:9]):
        for turn, one in enumerate(readers[: 1 + n % 3]):
            score(
                row,
                one,
                [1 + (n + turn + k) % 5 if (n, k) != (2, 1) else None for k in range(6)],
                flag="Is it theirs?" if n == 4 else "",
            )
    score(rows[9], readers[0], 3, state="started")
    hours = timedelta(hours=1)
    releases = [
        Release.objects.create(call=call, number=1, state="sent", approved_at=now, undo_until=now - hours, sent_at=now),
        Release.objects.create(call=call, number=2, state="approved", approved_at=now, undo_until=now + hours),
        Release.objects.create(call=call, number=3, state="proposed"),
        Release.objects.create(call=call, number=4, state="cancelled"),
    ]
    for n, value in enumerate(["invite", "waitlist", "decline", "decline", "invite", "decline", "not_eligible"]):
        Decision.objects.create(
            application=rows[n], value=value, reason_code="X", release=releases[n] if n < 4 else None
        )
    Decision.objects.filter(application=rows[0]).update(superseded_at=now)
    Decision.objects.create(application=rows[0], value="waitlist", reason_code="X")
    Proposal.objects.create(call=call, number=1, state="done", problem={}, cohort=[str(rows[1].pk), str(rows[12].pk)])
    review_actions.step_aside(application=rows[5], person=cast.coordinator, kind="family", by=cast.coordinator)
    Application.objects.filter(pk=rows[13].pk).update(state="withdrawn")
    make_application(call, 90, applicant=cast.coordinator)
    return call


def paged(call: Call, user: Any, wanted: dict[str, str], size: int = 4) -> list[decisions_queries.DecisionRow]:
    rows, where, more = list[decisions_queries.DecisionRow](), paging.Cut(), True
    while more:
        board, earlier, more = page_queries.page(call, user, wanted, where)
        assert len(board.rows) <= size
        assert earlier == bool(rows)
        rows += board.rows
        if board.rows:
            where = paging.Cut(after=board.rows[-1].number)
    return rows


def shown(row: decisions_queries.DecisionRow) -> tuple[Any, ...]:
    return (
        row.number,
        row.eligibility,
        row.sent,
        row.readers,
        row.flags,
        row.away,
        row.band,
        row.score,
        row.status,
        row.in_proposal,
        row.decision and row.decision.pk,
        row.told and row.told.pk,
    )


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"value": "decline"},
        {"value": "none"},
        {"value": "invite", "status": "draft"},
        {"status": "draft"},
        {"status": "leaving"},
        {"status": "told"},
        {"proposal": "in"},
        {"proposal": "out"},
        {"status": "none"},
        {"value": "no such"},
        {"status": "no such"},
    ],
)
def test_a_page_says_what_the_whole_board_says(cast, call, monkeypatch, wanted) -> None:
    monkeypatch.setattr(paging, "PER_PAGE", 4)
    whole = decisions_queries.chosen_rows(decisions_queries.board(call, cast.coordinator).rows, wanted)
    if not wanted:
        assert {row.status for row in whole} == {"none", "draft", "leaving"}
        assert sum(row.away for row in whole) == 2
        assert any(row.score and row.score.unjudged for row in whole)
    assert [shown(row) for row in paged(call, cast.coordinator, wanted)] == [shown(row) for row in whole]


def test_back_from_the_end(cast, call, monkeypatch) -> None:
    monkeypatch.setattr(paging, "PER_PAGE", 4)
    board, earlier, later = page_queries.page(call, cast.coordinator, {}, paging.Cut(before=8))
    assert ([row.number for row in board.rows], earlier, later) == ([4, 5, 6, 7], True, True)


def test_the_counts_are_those_of_the_whole_board(cast, call) -> None:
    board = decisions_queries.board(call, cast.coordinator)
    with CaptureQueriesContext(connection) as ran:
        found = page_queries.counts(call, cast.coordinator)
    assert len(ran) == 1
    assert found == {
        "drafts": board.count("draft"),
        "leaving": board.count("leaving"),
        "undecided": board.count("none"),
    }
    assert found["drafts"] > 1 < found["leaving"]


def test_pages_by_number_lead_on_and_orders_by_score_still_work(cast, call, monkeypatch) -> None:
    monkeypatch.setattr(paging, "PER_PAGE", 4)
    client, path = signed_in(cast.coordinator), reverse("applications:decisions", args=[call.slug])
    page = client.get(path).content.decode()
    assert "Applications 0001 to 0004" in page
    onward = re.search(r'rel="next" href="([^"]+)"', flat(page))[1]
    assert "Applications 0005 to 0008" in client.get(path + onward).content.decode()
    assert client.get(path + "?after=x&before=-1").status_code == 200
    assert "No application fits" in client.get(path + "?after=99999").content.decode()
    by_score = client.get(path + "?sort=score")
    assert [row.score is not None for row in by_score.context["rows"]] == [True] * 8 + [False] * 6
    assert "14 applications" in by_score.content.decode()
    assert "too few readings" in client.get(path + "?sort=adjusted").content.decode()


def test_deciding_for_several_takes_only_what_one_may_decide(cast, call) -> None:
    client = signed_in(cast.coordinator)
    tied, free = (Application.objects.get(call=call, number=n) for n in (6, 11))
    before = Decision.objects.filter(application=tied).count()
    address = reverse("applications:decide_many", args=[call.slug])
    for chosen in ([str(tied.pk)], ["x"], []):
        client.post(address, {"chosen": chosen, "decision": "decline:SCORE_BELOW_LINE"})
    assert Decision.objects.filter(application=tied).count() == before
    client.post(address, {"chosen": [str(free.pk)], "decision": "decline:SCORE_BELOW_LINE"})
    assert Decision.objects.get(application=free).value == "decline"
