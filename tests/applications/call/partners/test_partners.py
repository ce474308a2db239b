"""Partners: a link that keeps a code and nothing else, and numbers that point to nobody."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.call.partners import actions as partners_actions
from applications.call.partners import queries as partners_queries
from applications.models import Application, Call, Partner, PartnerVisits, Source
from tests.applications.apply.filled import open_call
from tests.applications.pool import make_application
from tests.conftest import person, signed_in

LIST, POOL = "/calls/north-call/partners/", "/calls/north-call/pool/"


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return open_call(cast.cohort)


@pytest.fixture
def partner(cast: SimpleNamespace, call: Call) -> Partner:
    return partners_actions.add_partner(call=call, name="Tribal Health Network", actor=cast.coordinator)


def visits(partner: Partner) -> int:
    return sum(PartnerVisits.objects.filter(partner=partner).values_list("count", flat=True))


def test_a_link_is_made_shown_and_shared(cast: SimpleNamespace, call: Call) -> None:
    client = signed_in(cast.coordinator)
    answer = client.post(LIST, {"name": "Food bank"})
    made = Partner.objects.get()
    assert answer.url == f"{LIST}{made.pk}/"
    page = client.get(answer.url).content.decode()
    assert f"/calls/north-call/from/{made.code}/" in page
    assert "<svg" in page
    picture = client.get(f"{answer.url}code.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert b"<svg" in picture.content
    assert "has a link already" in client.post(LIST, {"name": "Food bank"}).content.decode()
    assert Partner.objects.count() == 1


def test_a_visit_is_a_number_and_the_session_holds_the_code_alone(call: Call, partner: Partner) -> None:
    client = Client()
    answer = client.get(f"/calls/north-call/from/{partner.code}/", REMOTE_ADDR="203.0.113.7")
    assert (answer.status_code, answer.url) == (302, "/calls/north-call/")
    assert visits(partner) == 1
    assert Session.objects.get().get_decoded() == {"applications.from": {str(call.pk): partner.code}}
    assert {f.name for f in PartnerVisits._meta.fields} == {"id", "partner", "day", "count"}
    Client().get(f"/calls/north-call/from/{partner.code}/")
    assert visits(partner) == 2
    assert PartnerVisits.objects.count() == 1
    Client().get(f"/calls/north-call/from/{partner.code}/", headers={"sec-purpose": "prefetch;prerender"})
    assert visits(partner) == 2


def test_unknown_and_ended_codes_lead_to_the_call_uncounted(
    cast: SimpleNamespace, call: Call, partner: Partner
) -> None:
    assert Client().get("/calls/north-call/from/zzzzzzzz/").url == "/calls/north-call/"
    client = signed_in(cast.coordinator)
    client.post(f"{LIST}{partner.pk}/end/")
    assert Client().get(f"/calls/north-call/from/{partner.code}/").url == "/calls/north-call/"
    assert visits(partner) == 0
    client.post(f"{LIST}{partner.pk}/end/", {"to": "back"})
    Client().get(f"/calls/north-call/from/{partner.code}/")
    assert visits(partner) == 1
    Call.objects.update(state="draft")
    assert Client().get(f"/calls/north-call/from/{partner.code}/").status_code == 404


def test_an_application_begun_after_a_link_counts_for_the_partner(
    cast: SimpleNamespace, call: Call, partner: Partner
) -> None:
    client = signed_in(cast.applicant)
    client.get(f"/calls/north-call/from/{partner.code}/")
    client.post("/calls/north-call/apply/")
    assert Source.objects.get().partner == partner
    assert not client.session["applications.from"]
    plain = signed_in(cast.stranger)
    plain.post("/calls/north-call/apply/")
    assert Source.objects.count() == 1
    Application.objects.filter(applicant=cast.applicant).delete()
    assert Source.objects.count() == 0


def test_a_code_of_another_call_is_not_kept(cast: SimpleNamespace, call: Call, partner: Partner) -> None:
    other = open_call(cast.other_cohort, slug="south-call")
    application = make_application(other, 1)
    assert partners_actions.remember_source(application=application, code=partner.code) is None


def test_numbers_are_shown_whole_together_or_not_at_all(cast: SimpleNamespace, call: Call, partner: Partner) -> None:
    second = partners_actions.add_partner(call=call, name="Newsletter", actor=cast.coordinator)

    def come(count: int, by: Partner | None) -> None:
        for _n in range(count):
            number = Application.objects.count() + 1
            row = make_application(call, number)
            if by:
                Source.objects.create(application=row, partner=by)

    def page() -> str:
        return signed_in(cast.coordinator).get(POOL).content.decode()

    come(4, partner)
    come(7, None)
    assert partners_queries.sources(call, partners_queries.partners(call)).why == "cells"
    assert "so small that they could point to a person" in page()
    come(2, second)
    together = partners_queries.sources(call, partners_queries.partners(call))
    assert (together.rows, together.together) == ((("", 6), ("none", 7)), True)
    assert "All partners together" in page()
    come(1, partner)
    come(3, second)
    whole = partners_queries.sources(call, partners_queries.partners(call))
    assert dict(whole.rows) == {"Tribal Health Network": 5, "Newsletter": 5, "none": 7}
    assert not whole.together


def test_the_database_refuses_doubles_and_strange_codes(call: Call, partner: Partner) -> None:
    for wrong in ({"name": partner.name}, {"code": partner.code}, {"code": "A b"}, {"name": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Partner.objects.create(**{"call": call, "name": "New", "code": "abcdef12", **wrong})


@pytest.mark.parametrize("path", [LIST, "{list}{pk}/", "{list}{pk}/code.svg", POOL])
def test_only_coordinators_of_the_cohort(cast: SimpleNamespace, call: Call, partner: Partner, path: str) -> None:
    address = path.format(list=LIST, pk=partner.pk)
    assert signed_in(cast.coordinator).get(address).status_code == 200
    for user in (cast.stranger, cast.applicant, cast.other_coordinator, cast.superuser):
        assert signed_in(user).get(address).status_code == 404
    for user in (cast.screener, cast.steward, cast.access):
        assert signed_in(user).get(address).status_code == 403
    assert Client().get(address).status_code == 302


def test_same_statements_with_1_and_20_rows(cast: SimpleNamespace, call: Call, partner: Partner) -> None:
    client, counts = signed_in(cast.coordinator), []
    for n in (1, 20):
        while Partner.objects.count() < n:
            made = partners_actions.add_partner(call=call, name=f"P{Partner.objects.count()}", actor=cast.coordinator)
            partners_actions.count_visit(partner=made, day=call.opens_at.date())
            number = Application.objects.count() + 1
            partners_actions.remember_source(
                application=make_application(call, number, applicant=person(f"a{number}")), code=made.code
            )
        one = []
        for path in (LIST, POOL):
            with CaptureQueriesContext(connection) as ran:
                client.get(path)
            one.append(len(ran))
        counts.append(one)
    # The pool page of an empty call asks nothing about what was sent.
    make_application(call, 99)
    assert counts[0][0] == counts[1][0] <= 6
    assert counts[1][1] <= 16
