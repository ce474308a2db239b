"""Starting a cohort, inviting, accepting, ending a role."""

from __future__ import annotations

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from cohort.outbox.models import Message
from cohort.outbox.registry import kinds
from cohort.people import actions, history
from cohort.people.models import Cohort, Invitation, Membership, Role, User
from tests.conftest import join, person, signed_in

FORM = {
    "name": "Equity in Leadership",
    "seats": 15,
    "hours_per_month": 9,
    "time_zone": "America/Los_Angeles",
    "outcomes": "See it.\nChange it.",
    "starts_on": "2026-04-16",
    "ends_on": "2027-02-16",
}


@pytest.mark.django_db
def test_the_first_coordinator_starts_a_cohort() -> None:
    dana = person("dana", is_staff=True)
    response = signed_in(dana).post("/cohorts/new/", FORM, follow=True)
    made = Cohort.objects.get()
    assert response.redirect_chain == [(f"/cohorts/{made.slug}/", 302)]
    assert (made.slug, made.outcomes) == ("equity-in-leadership", ["See it.", "Change it."])
    assert [(m.user, m.role) for m in made.memberships.all()] == [(dana, "coordinator")]
    assert [row.verb for row in history.of(made)] == ["cohort.started"]


@pytest.mark.django_db
def test_two_cohorts_of_one_name_get_two_addresses() -> None:
    client = signed_in(person("dana", is_staff=True))
    client.post("/cohorts/new/", FORM)
    client.post("/cohorts/new/", FORM)
    assert set(Cohort.objects.values_list("slug", flat=True)) == {"equity-in-leadership", "equity-in-leadership-2"}


def test_others_cannot_start_one(cast: SimpleNamespace) -> None:
    assert signed_in(cast.participant).get("/cohorts/new/").status_code == 403
    assert signed_in(cast.coordinator).get("/cohorts/new/").status_code == 200


@pytest.mark.django_db
def test_a_wrong_date_is_told_beside_its_field_and_nothing_is_lost() -> None:
    client = signed_in(person("dana", is_staff=True))
    page = client.post("/cohorts/new/", FORM | {"ends_on": "2026-01-01"}).content.decode()
    assert "The last day cannot be before the first day." in page
    assert 'value="Equity in Leadership"' in page
    assert not Cohort.objects.exists()


def test_changing_a_cohort_keeps_which_fields_not_which_words(cast: SimpleNamespace) -> None:
    signed_in(cast.coordinator).post("/cohorts/north/change/", FORM | {"version": "1", "name": "North, renamed"})
    cast.cohort.refresh_from_db()
    assert cast.cohort.name == "North, renamed"
    assert cast.cohort.slug == "north"
    entry = history.of(cast.cohort).get()
    assert "name" in entry.details["fields"]
    assert "North, renamed" not in str(entry.details)


def test_an_invitation_is_mailed_and_taken_up_once(cast: SimpleNamespace) -> None:
    signed_in(cast.coordinator).post("/cohorts/north/invite/", {"email": "New@Example.org", "role": "screener"})
    invitation = Invitation.objects.get()
    message = Message.objects.get()
    assert (message.kind, message.email, message.refs) == (
        "invitation",
        "new@example.org",
        {"invitation": str(invitation.pk)},
    )
    token = actions.invitation_token(invitation)
    new = person("new")
    response = signed_in(new).post(f"/invitations/{token}/")
    assert response.status_code == 302
    assert Membership.objects.current().filter(user=new, cohort=cast.cohort, role="screener").count() == 1
    assert signed_in(cast.stranger).post(f"/invitations/{token}/").status_code == 410


def test_no_invitation_without_its_mail(cast: SimpleNamespace) -> None:
    """The outbox listens inside the transaction: when it cannot take the message, nobody is invited."""
    with kinds.KINDS.holding(), pytest.raises(LookupError):
        actions.invite(cohort=cast.cohort, email="new@example.org", role="screener", by=cast.coordinator)
    assert (Invitation.objects.count(), Message.objects.count()) == (0, 0)
    actions.invite(cohort=cast.cohort, email="new@example.org", role="screener", by=cast.coordinator)
    assert (Invitation.objects.count(), Message.objects.count()) == (1, 1)


def test_an_old_or_changed_link_says_so(cast: SimpleNamespace) -> None:
    invitation = actions.invite(cohort=cast.cohort, email="a@example.org", role="screener", by=cast.coordinator)
    token = actions.invitation_token(invitation)
    assert Client().get(f"/invitations/{token}/").status_code == 200
    assert Client().get(f"/invitations/{token[:-3]}xyz/").status_code == 410
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert Client().get(f"/invitations/{token}/").status_code == 410


def test_the_same_address_is_not_invited_twice(cast: SimpleNamespace) -> None:
    client = signed_in(cast.coordinator)
    client.post("/cohorts/north/invite/", {"email": "a@example.org", "role": "screener"})
    page = client.post("/cohorts/north/invite/", {"email": "A@example.org", "role": "screener"})
    assert page.status_code == 422
    assert "already has an open invitation" in page.content.decode()
    assert Invitation.objects.count() == 1


def test_an_invitation_taken_back_no_longer_works(cast: SimpleNamespace) -> None:
    invitation = actions.invite(cohort=cast.cohort, email="a@example.org", role="screener", by=cast.coordinator)
    signed_in(cast.coordinator).post(f"/cohorts/north/invitations/{invitation.pk}/take-back/")
    token = actions.invitation_token(invitation)
    assert signed_in(cast.stranger).post(f"/invitations/{token}/").status_code == 410
    assert not Membership.objects.filter(user=cast.stranger).exists()


def test_another_cohorts_coordinator_cannot_take_an_invitation_back(cast: SimpleNamespace) -> None:
    invitation = actions.invite(cohort=cast.cohort, email="a@example.org", role="screener", by=cast.coordinator)
    url = f"/cohorts/south/invitations/{invitation.pk}/take-back/"
    assert signed_in(cast.other_coordinator).post(url).status_code == 404
    invitation.refresh_from_db()
    assert invitation.revoked_at is None


def test_the_last_coordinator_cannot_leave(cast: SimpleNamespace) -> None:
    own = Membership.objects.get(user=cast.coordinator)
    client = signed_in(cast.coordinator)
    page = client.post(f"/cohorts/north/people/{own.pk}/end/", follow=True).content.decode()
    assert "at least one coordinator" in page
    own.refresh_from_db()
    assert own.ended_at is None


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_leaving_at_once_leave_one_behind(cast: SimpleNamespace) -> None:
    join(cast.stranger, cast.cohort, Role.COORDINATOR)
    rows = list(Membership.objects.filter(cohort=cast.cohort, role=Role.COORDINATOR).select_related("user"))
    gate = threading.Barrier(2)

    def leave(row: Membership) -> None:
        gate.wait()
        try:
            actions.end_role(membership=row, by=row.user)
        except actions.NotPossible:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=(row,)) for row in rows]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert Membership.objects.current().filter(cohort=cast.cohort, role=Role.COORDINATOR).count() == 1


def test_a_person_changes_their_own_name_and_zone(cast: SimpleNamespace) -> None:
    signed_in(cast.participant).post(
        "/account/", {"name": "Parti Cipant", "preferred_name": "", "time_zone": "America/Chicago", "language": "es"}
    )
    kim = User.objects.get(pk=cast.participant.pk)
    assert (kim.name, kim.time_zone, kim.language) == ("Parti Cipant", "America/Chicago", "es")


@pytest.mark.parametrize("extra", [1, 20])
def test_the_cohort_page_costs_the_same_whatever_its_size(
    cast: SimpleNamespace, extra: int, django_assert_num_queries: object
) -> None:
    for n in range(extra):
        join(person(f"p{n}"), cast.cohort, Role.PARTICIPANT)
        actions.invite(cohort=cast.cohort, email=f"i{n}@example.org", role="screener", by=cast.coordinator)
    client = signed_in(cast.coordinator)
    client.get("/cohorts/north/")
    with django_assert_num_queries(6):  # type: ignore[operator]
        assert client.get("/cohorts/north/").status_code == 200
