"""Ten thousand messages take the memory of one thousand, and a fixed number of statements for each thousand."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from cohort.outbox.delivery import planner, sender
from cohort.outbox.models import Message
from cohort.outbox.registry import audience, kinds
from cohort.people.models import Cohort, Membership, User
from sessions.models import Session
from tests.clock import clock_at
from tests.outbox.conftest import REAL, TUESDAY

pytestmark = pytest.mark.django_db
EACH = 50  # members of a cohort


def members(count: int) -> None:
    """``count`` more members, in cohorts of fifty with a session tomorrow, one next week and one that is over."""
    first, joined = Cohort.objects.count(), TUESDAY - timedelta(days=60)
    cohorts = Cohort.objects.bulk_create(
        Cohort(slug=f"many-{first}-{n}", name=f"Many {n}") for n in range(count // EACH)
    )
    users = User.objects.bulk_create(User(email=f"p{first}.{n}@example.org", password="!") for n in range(count))
    Membership.objects.bulk_create(
        Membership(user=user, cohort=cohorts[n // EACH], role="participant", joined_at=joined)
        for n, user in enumerate(users)
    )
    for days, state in ((1, "published"), (7, "published"), (-2, "ended")):
        starts = TUESDAY + timedelta(days=days)
        Session.objects.bulk_create(
            Session(
                cohort=cohort,
                title="Meeting",
                result="Done.",
                state=state,
                prework="Read.",
                starts_at=starts,
                ends_at=starts + timedelta(hours=2),
                published_at=joined,
                ended_at=starts + timedelta(hours=2) if state == "ended" else None,
            )
            for cohort in cohorts
        )


class Watch:
    """Counts the statements of a block without keeping them, and how many people it held at most when it added rows."""

    def __enter__(self) -> Watch:
        self.statements = self.people = 0
        self._watching = connection.execute_wrapper(self._look)
        self._watching.__enter__()
        return self

    def _look(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.statements += 1
        if sql.lstrip().startswith("INSERT INTO outbox_message"):
            self.people = max(self.people, sum(type(one) is Membership for one in gc.get_objects()))
        return execute(sql, params, many, context)

    def __exit__(self, *error: object) -> None:
        self._watching.__exit__(None, None, None)


def kept(work: Callable[[], object]) -> float:
    """How many bytes more are held after ``work`` than before it."""
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        work()
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


def plan() -> int:
    with clock_at(TUESDAY):
        return planner.plan_all(TUESDAY).added


def test_planning_takes_a_fixed_number_of_statements_for_each_thousand_and_holds_one_chunk(db: None) -> None:
    """All kinds of all apps, for 1,000 members and then for 3,000."""
    for kind in REAL.values():
        kinds.register(kind)
    members(1000)
    with Watch() as thousand:
        plan()
    found = set(Message.objects.values_list("kind", flat=True))
    assert found == {"day_before", "week_before", "reflection_prompt"}
    assert Message.objects.count() == 1000 * len(found)
    members(2000)
    with Watch() as three:
        assert plan() == 2000 * len(found)
    # One to add and one to remember, for each further thousand of each kind.
    assert three.statements - thousand.statements == 2 * 2 * len(found)
    assert three.people <= audience.CHUNK + 2 * EACH  # what came from the database last, and the cohort at hand


def test_one_cohort_is_held_at_a_time(db: None) -> None:
    members(150)
    asked = Cohort.objects.order_by("pk")
    held = [(cohort, len(people)) for cohort, people in audience.crowds(asked.values("pk"), "participant")]
    assert held == [(cohort.pk, EACH) for cohort in asked]
    ended = Session.objects.filter(state="ended").order_by("cohort_id")
    pairs = audience.beside(ended, lambda one: one.cohort_id, ended.values("cohort_id"), "participant")
    assert sorted((one.cohort_id, who.user_id) for one, who in pairs) == sorted(
        Membership.objects.values_list("cohort_id", "user_id")
    )


def test_somebody_with_two_roles_is_told_once_and_cohorts_without_people_are_passed_over(cast: SimpleNamespace) -> None:
    Membership.objects.create(cohort=cast.cohort, user=cast.facilitator, role="participant")
    Membership.objects.filter(cohort=cast.other_cohort).update(ended_at=TUESDAY)
    things = sorted([cast.cohort, cast.other_cohort, cast.cohort], key=lambda cohort: cohort.pk)
    pairs = audience.beside(things, lambda one: one.pk, {one.pk for one in things}, "participant", "facilitator")
    told = sorted([("facilitator@example.org", "participant"), ("participant@example.org", "participant")] * 2)
    assert sorted((who.user.email, who.role) for _one, who in pairs) == told


def test_sending_more_messages_holds_no_more_memory(cast: SimpleNamespace, trial: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    trial("decision")

    def send(count: int) -> None:
        assert sender.send_due(TUESDAY, batch=20).mails == count

    def queue(count: int) -> None:
        rows = Message.objects.count()
        Message.objects.bulk_create(
            Message(
                key=f"k{rows + n}",
                kind="decision",
                klass="A",
                recipient=cast.participant,
                cohort=cast.cohort,
                due_at=TUESDAY,
                next_at=TUESDAY,
                message_id=f"<{rows + n}@example.org>",
            )
            for n in range(count)
        )

    queue(20), send(20)  # what is loaded once: templates, words, patterns
    queue(160)
    assert kept(lambda: send(160)) < 160 * 1000  # bytes; one row that stays holds more than three thousand
