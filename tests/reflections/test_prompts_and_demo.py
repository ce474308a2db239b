"""Questions for the journal, and what the demo brings."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from types import SimpleNamespace

from cohort.people.demo import Stage
from cohort.ui import prompts
from cohort.ui.prompts import Prompt
from reflections import demo
from reflections.journal.prompts import evergreen
from reflections.models import Commitment, Journal, SharedCopy
from tests.conftest import join, person, signed_in


def test_our_own_questions_name_the_place_and_the_issue_of_the_readers_cohort(cast: SimpleNamespace) -> None:
    mine = list(evergreen(cast.participant))
    assert len({prompt.id for prompt in mine}) == len(mine) == 6
    assert [p.text for p in mine if "Northwest Washington" in p.text and "health equity" in p.text] == [
        "Think of one person in Northwest Washington whom health equity touches every day. What would they ask of you?"
    ]
    assert len(list(evergreen(cast.stranger))) == 5


def test_questions_come_by_weight_and_each_once(cast: SimpleNamespace) -> None:
    with prompts.PROVIDERS.holding(
        lambda user: [Prompt("a", "late", weight=90), Prompt("b", "first", "From Thursday", weight=10)],
        lambda user: [Prompt("b", "again", weight=0), Prompt("c", "second", weight=10)],
    ):
        assert [p.text for p in prompts.prompts_for(cast.participant)] == ["first", "second", "late"]
        assert signed_in(cast.participant).get("/journal/api/prompts").json()["prompts"][0] == {
            "id": "b",
            "text": "first",
            "source": "From Thursday",
        }


def test_the_demo_loads_twice_and_makes_no_journal(cast: SimpleNamespace) -> None:
    for number in range(12):
        join(person(f"member{number}"), cast.cohort, "participant")
    stage = Stage(
        now=datetime(2026, 11, 22, 18, tzinfo=UTC),
        random=random.Random(1),
        recruiting=cast.other_cohort,
        running=cast.cohort,
    )
    demo.load(stage)
    demo.load(stage)
    assert Commitment.objects.count() == len(demo.COMMITMENTS)
    assert SharedCopy.objects.count() == len(demo.COPIES)
    assert Journal.objects.count() == 0
