"""What a reminder costs the database: the whole way of one more mail takes at most four statements."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cohort.outbox import api as outbox_api
from cohort.outbox.delivery import sender
from cohort.outbox.models import Message
from cohort.outbox.registry import kinds
from cohort.people.models import Membership
from sessions.agenda import queries as agenda_queries
from sessions.messages import facts as messages_facts
from sessions.models import Session
from tests.conftest import join, person


def test_one_more_reminder_takes_three_statements(cast: SimpleNamespace, published: Session) -> None:
    """Reading its facts, marking the attempt, recording the result. What a batch needs is read once for all."""
    long_ago = timezone.now() - timedelta(days=30)
    Session.objects.filter(pk=published.pk).update(published_at=long_ago)
    published.refresh_from_db()
    people = [join(person(f"p{n}"), cast.cohort, "participant") for n in range(30)]
    Membership.objects.update(joined_at=long_ago)
    Message.objects.all().delete()

    def statements(members: list[Membership]) -> int:
        for member in members:
            outbox_api.queue(
                kind="day_before",
                key=f"day_before:{member.pk}",
                recipient=member.user,
                cohort=cast.cohort,
                refs=messages_facts.refs_for(published, member, day=str(messages_facts.day_of(published))),
                any_hour=True,
                weekends=True,
            )
        mail.outbox.clear()
        with CaptureQueriesContext(connection) as seen:
            sender.send_due()
        assert len(mail.outbox) == len(members), set(Message.objects.values_list("state", "reason"))
        return len([query for query in seen if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    few, many = statements(people[:5]), statements(people[5:])
    assert many - few == 3 * (25 - 5)


def test_numbers_in_one_statement_are_those_of_the_pages(cast: SimpleNamespace, published: Session) -> None:
    starts = published.starts_at
    for days, state in ((-2, "published"), (0, "published"), (2, "cancelled"), (4, "published"), (4, "draft")):
        Session.objects.create(
            cohort=cast.cohort,
            title="More",
            result="More",
            state=state,
            starts_at=starts + timedelta(days=days),
            ends_at=starts + timedelta(days=days, hours=1),
        )
    Session.objects.create(
        cohort=cast.other_cohort,
        title="Theirs",
        starts_at=starts - timedelta(days=9),
        ends_at=starts - timedelta(days=8, hours=23),
    )
    found = Session.objects.annotate(earlier=agenda_queries.earlier_ones())
    assert [one.earlier + 1 for one in found] == [agenda_queries.number_of(one) for one in found]


def test_facts_are_fresh_outside_of_the_moment_of_writing(cast: SimpleNamespace, published: Session) -> None:
    message = Message(refs=messages_facts.refs_for(published, Membership.objects.get(user=cast.participant)))
    with kinds.one_moment():
        assert messages_facts.gone(message) is None
        Session.objects.filter(pk=published.pk).update(state="draft")
        assert messages_facts.gone(message) is None
    assert messages_facts.gone(message) == "session_not_published"
