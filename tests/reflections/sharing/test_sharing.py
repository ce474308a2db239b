"""Shared copies: who reads one, who does not, and that taking one back removes it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cohort.people.models import HistoryEntry
from reflections.models import SharedCopy
from reflections.sharing import actions as sharing_actions
from reflections.sharing import queries as sharing_queries
from tests.conftest import join, person, signed_in

SECRET = "what I chose to show"


def share(cast: SimpleNamespace, audience: str = "cohort", title: str = "A copy") -> SharedCopy:
    return sharing_actions.share(
        author=cast.participant, cohort=cast.cohort, audience=audience, title=title, body=SECRET
    )


@pytest.mark.parametrize(
    ("audience", "readers"),
    [("cohort", {"participant", "facilitator"}), ("facilitators", {"participant", "facilitator"})],
)
def test_a_copy_is_read_by_its_audience_and_is_hidden_from_everybody_else(
    cast: SimpleNamespace, audience: str, readers: set[str]
) -> None:
    second = person("second")
    join(second, cast.cohort, "participant")
    copy = share(cast, audience)
    people = {name: user for name, user in vars(cast).items() if hasattr(user, "email")} | {"second": second}
    seen = {}
    for name, user in people.items():
        answer = signed_in(user).get(f"/shared/{copy.pk}/")
        assert answer.status_code in (200, 404)
        assert (SECRET in answer.content.decode()) == (answer.status_code == 200)
        assert (answer.status_code == 200) == (copy in sharing_queries.copies_for(user))
        seen[name] = answer.status_code
    wanted = readers | ({"second"} if audience == "cohort" else set())
    assert {name for name, status in seen.items() if status == 200} == wanted
    assert signed_in(cast.superuser).get(f"/shared/{copy.pk}/withdraw/").status_code == 404


def test_the_page_says_always_that_the_copy_is_readable(cast: SimpleNamespace) -> None:
    copy = share(cast)
    for path in (f"/shared/{copy.pk}/", "/shared/new/"):
        assert "stored readable" in signed_in(cast.participant).get(path).content.decode()


def test_only_its_writer_takes_it_back_and_then_it_is_gone(cast: SimpleNamespace) -> None:
    copy = share(cast)
    path = f"/shared/{copy.pk}/withdraw/"
    assert signed_in(cast.facilitator).post(path).status_code == 404
    with pytest.raises(PermissionDenied):
        sharing_actions.withdraw(copy=copy, by=cast.facilitator)
    assert signed_in(cast.participant).get(path).status_code == 200
    assert signed_in(cast.participant).post(path).status_code == 302
    assert not SharedCopy.objects.exists()
    assert signed_in(cast.facilitator).get(f"/shared/{copy.pk}/").status_code == 404
    details = [entry.details for entry in HistoryEntry.objects.filter(verb__startswith="copy.")]
    assert details == [{"audience": "cohort"}, {}]  # no words of it are left in the log


def test_the_journal_page_shares_through_the_same_door(cast: SimpleNamespace) -> None:
    client = signed_in(cast.participant)
    assert client.get("/shared/audiences/").json() == {"cohorts": [{"id": str(cast.cohort.pk), "name": "North"}]}
    data = {"cohort": str(cast.cohort.pk), "audience": "facilitators", "title": "", "body": SECRET, "understood": "on"}
    made = client.post("/shared/new/", data, headers={"Accept": "application/json"})
    copy = SharedCopy.objects.get()
    assert (made.status_code, made.json()) == (201, {"id": str(copy.pk), "url": f"/shared/{copy.pk}/"})
    refused = client.post("/shared/new/", data | {"understood": ""}, headers={"Accept": "application/json"})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["understood"])


def test_nothing_is_shared_into_somebody_elses_cohort(cast: SimpleNamespace) -> None:
    data = {"cohort": str(cast.other_cohort.pk), "audience": "cohort", "title": "", "body": SECRET, "understood": "on"}
    signed_in(cast.participant).post("/shared/new/", data)
    assert not SharedCopy.objects.filter(cohort=cast.other_cohort).exists()
    with pytest.raises(PermissionDenied):
        sharing_actions.share(
            author=cast.participant, cohort=cast.other_cohort, audience="cohort", title="", body=SECRET
        )
    assert signed_in(cast.coordinator).get("/shared/new/").status_code == 404


def test_a_shared_copy_has_no_tie_to_a_journal() -> None:
    related = {field.related_model._meta.label for field in SharedCopy._meta.get_fields() if field.related_model}
    assert related == {"people.User", "people.Cohort"}


def test_the_list_costs_the_same_for_one_and_for_twenty(cast: SimpleNamespace) -> None:
    client = signed_in(cast.facilitator)
    share(cast)
    client.get("/shared/")
    with CaptureQueriesContext(connection) as one:
        assert client.get("/shared/").status_code == 200
    for number in range(19):
        share(cast, title=f"Copy {number}")
    with CaptureQueriesContext(connection) as twenty:
        answer = client.get("/shared/")
    assert len(twenty) == len(one)
    assert answer.content.decode().count('class="state"') == 20
