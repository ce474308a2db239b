"""Who is still missing before the deadline: words, totals under the small-number rule, and nothing about one person."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.models import Answer, Application, Call
from applications.representation.outreach import actions as outreach_actions
from applications.representation.outreach.queries import outreach
from applications.representation.outreach.tasks import run_missing_together
from applications.representation.proposals import actions as proposals_actions
from applications.representation.targets import disclosure
from cohort.people.states import NotPossible
from tests.applications.representation.proposals.pool import choosing_call, fill_pool
from tests.conftest import signed_in
from tests.pages import flat


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    found = choosing_call(cast.cohort, cast.coordinator)
    now = timezone.now()
    Call.objects.filter(pk=found.pk).update(
        state="open", opens_at=now - timedelta(days=9), closes_at=now + timedelta(days=9)
    )
    found.refresh_from_db()
    fill_pool(found, 40)
    Application.objects.filter(call=found).update(submitted_at=timezone.now() - timedelta(days=2))
    return found


def place(call: Call, code: str, many: int) -> None:
    """Let exactly ``many`` applications name this place, and nobody else."""
    rows = Answer.objects.filter(application__call=call, question="primary_subarea").order_by("application__number")
    rows.update(value="snohomish")
    Answer.objects.filter(pk__in=[row.pk for row in rows[:many]]).update(value=code)


def test_it_says_what_is_missing_in_words(call: Call, cast: SimpleNamespace) -> None:
    place(call, "island", 1)
    page = signed_in(cast.coordinator).get(f"/calls/{call.slug}/board/missing/").content.decode()
    words = page.partition("Please look for")[2].partition("Totals")[0]
    assert "San Juan County" in words
    assert "Skagit County" in words
    assert "Snohomish County" not in words.partition("Few to choose from")[0]
    assert f"/calls/{call.slug}/pool/" in words


def test_small_groups_have_no_numbers(call: Call, cast: SimpleNamespace) -> None:
    place(call, "island", 3)
    geography = next(view for view in outreach(call, timezone.now()).factors if view.chart is None)
    assert "San Juan County" in geography.missing
    page = signed_in(cast.coordinator).get(f"/calls/{call.slug}/board/missing/").content.decode()
    assert "At least one group is too small to show numbers." in page
    for view in outreach(call, timezone.now()).factors:
        if view.chart is not None:
            assert all(5 <= (bar.count or 0) <= view.chart.total - 5 for bar in view.chart.bars)


def test_who_came_today_is_not_counted_yet(call: Call) -> None:
    before = outreach(call, timezone.now()).sent
    one = Application.objects.filter(call=call).first()
    Application.objects.filter(pk=one.pk).update(submitted_at=timezone.now())
    assert (before, outreach(call, timezone.now()).sent) == (40, 39)


def test_after_the_deadline_it_shows_nothing(call: Call, cast: SimpleNamespace) -> None:
    Call.objects.filter(pk=call.pk).update(closes_at=timezone.now() - timedelta(days=1))
    page = signed_in(cast.coordinator).get(f"/calls/{call.slug}/board/missing/").content.decode()
    assert "This page is for the time before the deadline" in page
    assert "Please look for" not in page


def test_only_coordinators_and_never_identity(call: Call, cast: SimpleNamespace) -> None:
    page = signed_in(cast.coordinator).get(f"/calls/{call.slug}/board/missing/")
    assert page.status_code == 200
    assert "canary" not in page.content.decode().lower()
    assert signed_in(cast.screener).get(f"/calls/{call.slug}/board/missing/").status_code == 403
    assert signed_in(cast.stranger).get(f"/calls/{call.slug}/board/missing/").status_code == 404


def test_it_takes_ten_statements_at_any_size(call: Call, cast: SimpleNamespace) -> None:
    client, counts = signed_in(cast.coordinator), []
    for start in (1000, 3000):
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/calls/{call.slug}/board/missing/")
        counts.append(len(asked))
        fill_pool(call, 60, start=start)
    assert counts[0] == counts[1] <= 10


def test_the_board_and_this_page_follow_one_rule(call: Call, cast: SimpleNamespace) -> None:
    """Before the deadline both say the same words, and no exact count; after it the board counts exactly."""
    place(call, "island", 3)
    client = signed_in(cast.coordinator)
    board, missing = (
        flat(client.get(f"/calls/{call.slug}/board/{page}").content.decode()) for page in ("", "missing/")
    )
    assert not disclosure.exact(call, timezone.now())
    part = missing.partition("Please look for")[2].partition("All floors at once")[0].rpartition("<section")[0]
    assert part != ""
    assert part in board
    early = client.get(f"/calls/{call.slug}/board/")
    assert "charts" not in early.context
    assert "Work out a proposal" not in board
    with pytest.raises(NotPossible, match="People can still apply"):
        proposals_actions.ask(call=call, actor=cast.coordinator)
    Call.objects.filter(pk=call.pk).update(closes_at=timezone.now() - timedelta(days=1))
    late = client.get(f"/calls/{call.slug}/board/")
    counts = {row.label: row.count for chart in late.context["charts"] for row in chart.rows}
    assert counts["Island County"] == 3
    assert "Work out a proposal" in late.content.decode()


def test_the_board_before_the_deadline_takes_ten_statements(call: Call, cast: SimpleNamespace) -> None:
    client = signed_in(cast.coordinator)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/calls/{call.slug}/board/").status_code == 200
    assert len(asked) <= 10


# ---------------------------------------------------------------- all floors at once


def test_it_names_who_would_close_every_gap_together(call: Call, cast: SimpleNamespace) -> None:
    cache.clear()
    place(call, "island", 5)
    client, path = signed_in(cast.coordinator), f"/calls/{call.slug}/board/missing/"
    assert "This is being worked out." in client.get(path).content.decode()
    run_missing_together(str(call.pk))
    answer = outreach_actions.missing_together(call, timezone.now())
    assert answer is not None
    assert answer["status"] == "optimal"
    asked = {tuple(one) for asks in answer["asks"] for one in asks}
    assert {("geography", "san_juan"), ("geography", "skagit"), ("geography", "whatcom")} <= asked
    assert ("geography", "snohomish") not in asked
    words = client.get(path).content.decode().partition("All floors at once")[2]
    assert f"{answer['more']} more applications could close every gap" in words
    assert "San Juan County" in words


def test_everything_that_could_be_met_needs_nobody(call: Call) -> None:
    call.targets.all().delete()
    cache.clear()
    run_missing_together(str(call.pk))
    assert outreach_actions.missing_together(call, timezone.now()) == {
        "status": "few"
    }  # without targets nothing is missing
    call.targets.create(
        factor="geography", code="snohomish", label="Snohomish", values=["snohomish"], floor=2, ideal100=200, ceiling=15
    )
    cache.clear()
    run_missing_together(str(call.pk))
    assert outreach_actions.missing_together(call, timezone.now()) == {"status": "optimal", "more": 0, "asks": []}


def test_with_few_applications_or_after_the_deadline_nothing_is_worked_out(call: Call) -> None:
    cache.clear()
    keep = call.applications.order_by("number").values_list("pk", flat=True)[:9]
    call.applications.exclude(pk__in=list(keep)).update(submitted_at=timezone.now() + timedelta(days=1))
    assert outreach_actions.work_out(str(call.pk)) == {"status": "few"}
    Call.objects.update(closes_at=timezone.now() - timedelta(days=1), state="closed")
    assert outreach_actions.work_out(str(call.pk)) is None


def test_it_is_the_answer_of_midnight_and_of_nobody_s_pin(call: Call, cast: SimpleNamespace) -> None:
    cache.clear()
    run_missing_together(str(call.pk))
    before = outreach_actions.missing_together(call, timezone.now())
    fill_pool(call, 30, start=500)  # sent today
    cache.clear()
    run_missing_together(str(call.pk))
    assert outreach_actions.missing_together(call, timezone.now()) == before
