"""Answering offers, seats that cannot be oversold, lapsing, and filling places that opened."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.decisions import actions as decisions_actions
from applications.decisions import release as decisions_release
from applications.decisions.actions import Choice
from applications.decisions.seats import seats
from applications.decisions.told import told
from applications.models import Application, Decision, Offer, Release, SelectionRules
from applications.offers import actions as offers_actions
from applications.offers import waitlist
from applications.offers.messages import nudges
from applications.offers.queries import open_offers_of, waiting_list
from cohort.outbox.models import Message
from cohort.people import history
from cohort.people.models import Cohort, Membership
from tests.applications.pool import make_application, make_applications, make_call, make_screeners, score
from tests.conftest import join, person, signed_in

INVITE, WAIT = Choice("invite", "IN_PROPOSAL"), Choice("waitlist", "COHORT_FULL_EQUAL_SCORE")


def tell(call, by, second):
    """Release what is drafted, as if the five minutes were over."""
    release = decisions_release.approve(release=decisions_release.propose(call=call, actor=by), actor=second)
    moment = timezone.now() - timedelta(seconds=1)
    Release.objects.filter(pk=release.pk).update(undo_until=moment)
    Offer.objects.filter(decision__release=release).update(made_at=moment)
    return release


@pytest.fixture
def call(cast):
    cast.second = person("second")
    join(cast.second, cast.cohort, "coordinator")
    return make_call(cast.cohort)


@pytest.fixture
def offers(cast, call):
    """Three offers, told; the cohort has room for more."""
    for application in make_applications(call, 3):
        decisions_actions.decide(application=application, choice=INVITE, actor=cast.coordinator)
    tell(call, cast.coordinator, cast.second)
    return list(Offer.objects.order_by("application__number"))


def page(name, *ids):
    return reverse(f"applications:{name}", args=ids)


def is_participant(user, cohort):
    return Membership.objects.current().filter(user=user, cohort=cohort, role="participant").exists()


pytestmark = pytest.mark.django_db


def test_accept_in_two_clicks(cast, offers):
    applicant = offers[0].application.applicant
    client = signed_in(applicant)
    assert "There is a place for you" in client.get(page("offer", offers[0].pk)).content.decode()
    answer = client.post(page("offer_accept", offers[0].pk), follow=True)
    assert "You are in" in answer.content.decode()
    offers[0].refresh_from_db()
    assert (offers[0].state, offers[0].seat, is_participant(applicant, cast.cohort)) == ("accepted", 1, True)
    assert [e.verb for e in history.of(offers[0])] == ["offer.accepted"]
    client.post(page("offer_accept", offers[0].pk))  # a second tap changes nothing
    assert Membership.objects.filter(user=applicant, role="participant").count() == 1


def test_decline_says_what_happens_first(cast, offers):
    client = signed_in(offers[0].application.applicant)
    assert "You cannot take it back by yourself." in client.get(page("offer_decline", offers[0].pk)).content.decode()
    assert Offer.objects.get(pk=offers[0].pk).state == "open"
    client.post(page("offer_decline", offers[0].pk))
    assert Offer.objects.get(pk=offers[0].pk).state == "declined"
    client.post(page("offer_accept", offers[0].pk))
    assert not is_participant(offers[0].application.applicant, cast.cohort)


def test_only_the_applicant_opens_an_offer(cast, offers):
    whos = ("coordinator", "second", "screener", "participant", "stranger", "superuser", "other_coordinator")
    for name, method in (("offer", "get"), ("offer_accept", "post"), ("offer_decline", "post")):
        statuses = {
            getattr(signed_in(getattr(cast, who)), method)(page(name, offers[0].pk)).status_code for who in whos
        }
        assert statuses == {404}
        other = signed_in(offers[1].application.applicant)
        assert getattr(other, method)(page(name, offers[0].pk)).status_code == 404
    assert set(Offer.objects.values_list("state", flat=True)) == {"open"}


def test_too_late(cast, offers):
    Offer.objects.update(reply_by=timezone.now() - timedelta(minutes=1))
    client = signed_in(offers[0].application.applicant)
    assert "This offer has ended" in client.get(page("offer", offers[0].pk)).content.decode()
    client.post(page("offer_accept", offers[0].pk))
    assert not is_participant(offers[0].application.applicant, cast.cohort)


def test_lapse_and_more_days(cast, offers):
    Offer.objects.filter(pk=offers[0].pk).update(reply_by=timezone.now() - timedelta(minutes=1))
    assert (offers_actions.lapse_due(), offers_actions.lapse_due()) == (1, 0)
    offers[0].refresh_from_db()
    assert offers[0].state == "lapsed"
    offers_actions.give_more_days(offer=offers[0], days=3, actor=cast.coordinator)
    offers_actions.accept(offer=offers[0], actor=offers[0].application.applicant)
    assert is_participant(offers[0].application.applicant, cast.cohort)


def test_seats_are_counted_in_all_their_states(cast, offers):
    assert seats(cast.cohort) == type(seats(cast.cohort))(total=15, taken=1, offered=3)
    offers_actions.accept(offer=offers[0], actor=offers[0].application.applicant)
    offers_actions.decline(offer=offers[1], actor=offers[1].application.applicant)
    found = seats(cast.cohort)
    assert (found.taken, found.offered, found.free) == (2, 1, 12)


def test_no_seat_is_left_even_when_everything_else_failed(cast, offers):
    Cohort.objects.filter(pk=cast.cohort.pk).update(seats=1)  # the participant of the cast has it
    with pytest.raises(offers_actions.NotPossible):
        offers_actions.accept(offer=offers[0], actor=offers[0].application.applicant)
    assert not is_participant(offers[0].application.applicant, cast.cohort)


def test_the_seat_of_somebody_who_left_is_used_again(cast, offers):
    offers_actions.accept(offer=offers[0], actor=offers[0].application.applicant)
    Membership.objects.filter(user=offers[0].application.applicant).update(ended_at=timezone.now())
    offers_actions.accept(offer=offers[1], actor=offers[1].application.applicant)
    assert dict(Offer.objects.filter(state="accepted").values_list("application__number", "seat")) == {1: None, 2: 1}


def test_the_database_gives_no_seat_twice_and_none_without_a_yes(cast, offers):
    Offer.objects.filter(pk=offers[0].pk).update(state="accepted", seat=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.filter(pk=offers[1].pk).update(state="accepted", seat=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.filter(pk=offers[1].pk).update(seat=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.create(
            application=offers[0].application,
            cohort=cast.cohort,
            reply_by=timezone.now(),
            decision=Decision.objects.create(
                application=offers[0].application, value="invite", reason_code="X", superseded_at=timezone.now()
            ),
        )


@pytest.mark.django_db(transaction=True)
def test_six_answers_at_once_for_two_seats(cast, call):
    """On PostgreSQL, with real threads: exactly as many participants as seats."""
    Membership.objects.filter(role="participant").delete()
    Cohort.objects.filter(pk=cast.cohort.pk).update(seats=6)
    for application in make_applications(call, 6):
        decisions_actions.decide(application=application, choice=INVITE, actor=cast.coordinator)
    tell(call, cast.coordinator, cast.second)
    Cohort.objects.filter(pk=cast.cohort.pk).update(seats=2)  # the worst that could happen: seats were cut afterwards
    ready, results = threading.Barrier(6), []

    def answer(offer):
        try:
            ready.wait(10)
            offers_actions.accept(offer=offer, actor=offer.application.applicant)
            results.append("in")
        except offers_actions.NotPossible:
            results.append("full")
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=answer, args=(offer,))
        for offer in Offer.objects.select_related("application__applicant")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(results) == ["full"] * 4 + ["in"] * 2
    assert Membership.objects.filter(cohort=cast.cohort, role="participant").count() == 2
    assert sorted(Offer.objects.filter(state="accepted").values_list("seat", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_are_one_yes(cast, offers):
    ready = threading.Barrier(2)
    trouble = []

    def answer():
        try:
            ready.wait(10)
            offers_actions.accept(offer=offers[0], actor=offers[0].application.applicant)
        except Exception as error:
            trouble.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=answer) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert trouble == []
    assert Membership.objects.filter(user=offers[0].application.applicant, role="participant").count() == 1


# ---------------------------------------------------------------- the waiting list and replacements


@pytest.fixture
def waiting(cast, call, offers):
    """Three on the waiting list: band A, then two of band B."""
    (reader,) = make_screeners(cast.cohort, 1)
    for number, level in ((11, 3), (12, 4), (13, 3)):
        application = make_application(call, number)
        score(application, reader, [level, level, level, level, level, 5])
        decisions_actions.decide(application=application, choice=WAIT, actor=cast.coordinator)
    tell(call, cast.coordinator, cast.second)
    return {a.number: a for a in Application.objects.filter(number__gt=10)}


def test_the_waiting_list_is_by_band_then_a_recorded_draw(cast, call, waiting):
    def line():
        return [(row.application.number, row.band) for row in waiting_list(call)]

    assert line()[0] == (12, "A")
    assert sorted(line()[1:]) == [(11, "B"), (13, "B")]
    assert line() == line()
    orders = set()
    rules = SelectionRules.objects.create(call=call)
    for seed in range(12):
        rules.lottery_seed = f"seed-{seed}"
        rules.save()
        orders.add(tuple(line()))
    assert len(orders) == 2  # the draw decides between equals, and follows the seed


def test_a_place_that_opened_goes_to_the_next_in_one_step(cast, call, offers, waiting):
    offers_actions.decline(offer=offers[0], actor=offers[0].application.applicant)
    client = signed_in(cast.coordinator)
    assert "Offer it to the next" in client.get(page("offers", call.slug)).content.decode()
    answer = client.post(page("offer_replace", call.slug, offers[0].pk), {"application": str(waiting[12].pk)})
    release = Release.objects.get(state="proposed")
    assert answer["Location"] == page("release", call.slug, release.pk)
    decisions_release.approve(release=release, actor=cast.second)
    assert (
        Message.objects.filter(kind="waitlist_offer").get().key == f"waitlist_offer:{waiting[12].pk}:{release.number}"
    )
    assert told(waiting[12]).value == "waitlist"  # the undo time is not over
    Release.objects.update(undo_until=timezone.now())
    assert told(waiting[12]).value == "invite"
    assert "The place was offered to 0012." in client.get(page("offers", call.slug)).content.decode()
    with pytest.raises(offers_actions.NotPossible):
        offers_actions.replace(offer=offers[0], application=waiting[11], actor=cast.coordinator, note="x")


def test_passing_over_somebody_needs_a_reason(cast, call, offers, waiting):
    offers_actions.decline(offer=offers[0], actor=offers[0].application.applicant)
    with pytest.raises(offers_actions.NotPossible, match="stands before them"):
        offers_actions.replace(offer=offers[0], application=waiting[11], actor=cast.coordinator)
    offers_actions.replace(
        offer=offers[0], application=waiting[11], actor=cast.coordinator, note="Only they serve the island"
    )
    assert Decision.objects.get(in_place_of=offers[0]).note == "Only they serve the island"


def test_an_open_offer_is_not_given_away(cast, call, offers, waiting):
    with pytest.raises(offers_actions.NotPossible):
        offers_actions.replace(offer=offers[0], application=waiting[12], actor=cast.coordinator)


def test_one_coordinator_is_enough_when_the_call_says_so(cast, call, offers, waiting):
    type(call).objects.update(release_needs_two=False)
    offers_actions.decline(offer=offers[0], actor=offers[0].application.applicant)
    release = offers_actions.replace(offer=offers[0], application=waiting[12], actor=cast.coordinator)
    assert release.state == "approved"


def test_a_change_of_mind_takes_an_open_offer_back_when_it_is_told(cast, call, offers):
    decisions_actions.decide(
        application=offers[0].application,
        choice=Choice("waitlist", "ORG_LIMIT", "Two from one place"),
        actor=cast.coordinator,
    )
    assert Offer.objects.get(pk=offers[0].pk).state == "open"
    release = decisions_release.approve(
        release=decisions_release.propose(call=call, actor=cast.coordinator), actor=cast.second
    )
    assert Offer.objects.get(pk=offers[0].pk).state == "withdrawn"
    decisions_release.call_back(release=release, actor=cast.second)
    assert Offer.objects.get(pk=offers[0].pk).state == "open"


# ---------------------------------------------------------------- reminders, cards, speed


def test_two_reminders_for_an_open_offer(cast, offers):
    zone = ZoneInfo(cast.cohort.time_zone)
    made = datetime(2026, 12, 1, 15, 0, tzinfo=zone)
    reply_by = datetime(2026, 12, 8, 23, 59, 59, tzinfo=zone)
    Offer.objects.filter(pk=offers[0].pk).update(made_at=made, reply_by=reply_by)
    Offer.objects.exclude(pk=offers[0].pk).delete()

    def due(now):
        return [(p.key.rpartition(":")[2], p.due_at.astimezone(zone).strftime("%d %H:%M")) for p in nudges(now)]

    assert due(made + timedelta(hours=1)) == []
    assert due(made + timedelta(days=2)) == [("1", "04 10:00")]
    assert due(made + timedelta(days=4)) == [("1", "04 10:00"), ("2", "06 10:00")]
    offers_actions.accept(offer=offers[0], actor=offers[0].application.applicant) if timezone.now() < reply_by else None
    assert due(made + timedelta(days=4)) == []


def test_home_cards(cast, call, offers):
    from cohort.ui.cards import cards_for

    applicant = offers[0].application.applicant
    assert [card.title for card in cards_for(applicant) if card.now] == ["There is a place for you in North"]
    offers_actions.decline(offer=offers[0], actor=applicant)
    assert [card.title for card in cards_for(applicant) if card.now] == []
    assert "A place has opened" in [card.title for card in cards_for(cast.coordinator)]
    assert open_offers_of(cast.stranger) == []


def test_offers_page_statements_do_not_grow(cast, call):
    client, path, counts = signed_in(cast.coordinator), page("offers", call.slug), []
    cast.cohort.seats = 30
    cast.cohort.save()
    for batch in (1, 19):
        start = Application.objects.count()
        for number in range(start + 1, start + 1 + batch):
            decisions_actions.decide(application=make_application(call, number), choice=INVITE, actor=cast.coordinator)
        tell(call, cast.coordinator, cast.second)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_fit_to_the_open_place_comes_before_the_draw(cast, call):
    """Two equal bands: the one who closes the gap that the person who left leaves is next, whatever the seed."""
    from applications.models import Proposal

    reader = make_screeners(cast.cohort, 1)[0]
    left, keeps, same, other = make_applications(call, 4)
    for application in (left, keeps, same, other):
        score(application, reader, 4)
    place = {left: "island", keeps: "city", same: "city", other: "island"}
    problem = {
        "panel": 2,
        "people": [{"id": str(a.pk), "score": 400, "org": None, "place": where} for a, where in place.items()],
        "targets": [
            {"factor": "place", "value": "island", "kind": "single", "min": 1, "ideal100": 100, "max": 2, "priority": 1}
        ],
        "rules": {"org_cap": None, "org_cap_hard": False, "conflicts": [], "pin_in": [], "pin_out": []},
        "lottery_seed": "public-draw",
    }
    Proposal.objects.create(
        call=call,
        number=1,
        state="done",
        problem=problem,
        input_hash="x" * 64,
        proved=True,
        cohort=sorted([str(left.pk), str(keeps.pk)]),
    )
    for application in (left, keeps):
        decisions_actions.decide(application=application, choice=INVITE, actor=cast.coordinator)
    for application in (same, other):
        decisions_actions.decide(application=application, choice=WAIT, actor=cast.coordinator)
    tell(call, cast.coordinator, cast.second)
    gone = Offer.objects.get(application=left)
    offers_actions.decline(offer=gone, actor=left.applicant)
    rules = SelectionRules.objects.create(call=call)
    for seed in range(6):
        rules.lottery_seed = f"seed-{seed}"
        rules.save()
        line = waiting_list(call, offer=gone)
        assert [(row.application.number, row.fit.opens_gap) for row in line] == [(4, False), (3, True)]
    text = signed_in(cast.coordinator).get(page("offer_replace", call.slug, gone.pk)).content.decode()
    assert "0004, band A, score 75.0: no new gap in the balance" in text
    assert "0003, band A, score 75.0: a floor would be missed" in text
    rows = waitlist.standings(call, gone, str(other.pk))
    assert [(row.before, row.vacant, row.after, row.bad, row.moves) for row in rows] == [(1, 0, 1, False, False)]
    rows = waitlist.standings(call, gone, str(same.pk))
    assert [(row.before, row.vacant, row.after, row.bad, row.moves) for row in rows] == [(1, 0, 0, True, True)]
    assert "The whole balance with 0004" in text
    with_other = page("offer_replace", call.slug, gone.pk) + f"?with={same.pk}"
    shown = signed_in(cast.coordinator).get(with_other).content.decode()
    assert "The whole balance with 0003" in shown
    assert "below its floor" in shown


def test_the_applicants_page_shows_only_what_was_told(cast, call):
    one, two = make_applications(call, 2)
    decisions_actions.decide(application=one, choice=INVITE, actor=cast.coordinator)
    decisions_actions.decide(
        application=two, choice=Choice("decline", "ORG_LIMIT", "private note"), actor=cast.coordinator
    )
    words = {one: "There is a place for you", two: "We could not offer you a place this time"}

    def shown():
        return [words[a] in signed_in(a.applicant).get(page("application", a.pk)).content.decode() for a in (one, two)]

    assert shown() == [False, False]
    release = decisions_release.approve(
        release=decisions_release.propose(call=call, actor=cast.coordinator), actor=cast.second
    )
    assert shown() == [False, False]  # the undo time is running
    Release.objects.filter(pk=release.pk).update(undo_until=timezone.now() - timedelta(seconds=1))
    assert shown() == [True, True]
    text = signed_in(two.applicant).get(page("application", two.pk)).content.decode()
    assert "We had reached the number of people we can invite from one organization." in text
    assert "private note" not in text
