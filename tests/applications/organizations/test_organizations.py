"""Several people from one organization: matched, merged, taken back; and nobody sees a colleague's application."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.apply import actions as apply_actions
from applications.models import Answer, Application, Call, OrganizationMatch, Recusal
from applications.organizations import actions as organizations_actions
from applications.organizations import queries as organizations_queries
from applications.representation.pool import problem as pool_problem
from applications.representation.targets import actions as targets_actions
from applications.review import actions as review_actions
from applications.review import progress_queries
from cohort.people import history
from cohort.people.models import Organization
from cohort.people.states import NotPossible
from tests.applications.apply.filled import fill, open_call
from tests.applications.pool import make_application, make_call, make_screeners, score
from tests.conftest import person, signed_in

LONG, SHORT = "Skagit Valley Family Clinic", "Skagit Family Clinic"


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return make_call(cast.cohort)


@pytest.fixture
def three(call: Call) -> list[Application]:
    return [
        make_application(call, 1, organization=LONG),
        make_application(call, 2, organization=SHORT),
        make_application(call, 3, organization="Harbor Light"),
    ]


def url(call: Call, rest: str = "") -> str:
    return f"/calls/{call.slug}/organizations/{rest}"


def org(name: str) -> Organization:
    return Organization.objects.get(name=name)


def counts(call: Call) -> dict[str, int]:
    return {row.name: row.sent for row in organizations_queries.rows(call)}


def test_names_that_fold_alike_are_one_record_from_the_start(cast) -> None:
    call, made = open_call(cast.cohort), []
    for name, typed in (("ana", "The Opportunity Council, Inc."), ("bo", "opportunity council")):
        user = person(name)
        draft = apply_actions.start(call=call, applicant=user)
        fill(signed_in(user), draft)
        Answer.objects.filter(application=draft, question="org_name").update(value=typed)
        signed_in(user).post(f"/applications/{draft.pk}/check/", {})
        draft.refresh_from_db()
        made.append(draft)
    assert [row.state for row in made] == ["submitted"] * 2
    assert made[0].organization == made[1].organization
    assert made[0].organization.name == "The Opportunity Council, Inc."


def test_alike_names_are_suggested_previewed_merged_and_taken_back(cast, call, three) -> None:
    client = signed_in(cast.coordinator)
    page = client.get(url(call))
    (found,) = page.context["suggestions"]
    assert ({found.first.name, found.second.name}, found.why) == ({LONG, SHORT}, "inside")
    targets_actions.save_rules(call=call, actor=cast.coordinator, org_cap=1, org_cap_hard=False, lottery_seed="x")
    ask = url(call, f"merge/?from={org(SHORT).pk}&into={org(LONG).pk}")
    preview = client.get(ask).content.decode()
    assert "Application 0002 moves." in preview
    assert f"2 sent applications then come from {LONG}." in preview
    assert "That is more than the limit of 1" in preview
    targets_actions.save_rules(call=call, actor=cast.coordinator, org_cap=1, org_cap_hard=True, lottery_seed="x")
    assert "A proposal never has more than 1 from one organization" in client.get(ask).content.decode()
    assert counts(call) == {LONG: 1, SHORT: 1, "Harbor Light": 1}  # a preview changes nothing
    client.post(url(call, "merge/"), {"from": org(SHORT).pk, "into": org(LONG).pk})
    assert counts(call) == {LONG: 2, "Harbor Light": 1}
    match = OrganizationMatch.objects.get()
    assert (match.moved, match.by) == ([str(three[1].pk)], cast.coordinator)
    client.post(url(call, f"{match.pk}/undo/"))
    assert counts(call) == {LONG: 1, SHORT: 1, "Harbor Light": 1}
    match.refresh_from_db()
    assert match.undone_by == cast.coordinator
    assert [e.verb for e in history.of(call)][-2:] == ["call.organizations_merged", "call.organizations_undone"]
    again = client.post(url(call, f"{match.pk}/undo/"), follow=True).content.decode()
    assert "taken back already" in again


def test_what_was_found_different_is_not_asked_again(cast, call, three) -> None:
    client = signed_in(cast.coordinator)
    client.post(url(call, "differ/"), {"from": org(SHORT).pk, "into": org(LONG).pk})
    client.post(url(call, "differ/"), {"from": org(LONG).pk, "into": org(SHORT).pk})
    assert OrganizationMatch.objects.count() == 1
    assert client.get(url(call)).context["suggestions"] == []
    client.post(url(call, f"{OrganizationMatch.objects.get().pk}/undo/"))
    assert len(client.get(url(call)).context["suggestions"]) == 1


def test_the_limit_for_one_organization_counts_merged_ones(cast, call, three) -> None:
    reader = make_screeners(cast.cohort, 1)[0]
    for application in three:
        score(application, reader, 4)
    before = {p.org for p in pool_problem.problem_for(call).people}
    organizations_actions.merge(call=call, source=org(SHORT), target=org(LONG), actor=cast.coordinator)
    after = [p.org for p in pool_problem.problem_for(call).people]
    assert (len(before), len(set(after)), max(map(after.count, after))) == (3, 2, 2)


def test_an_old_name_leads_to_the_one_that_stayed(cast, call, three) -> None:
    organizations_actions.merge(call=call, source=org(SHORT), target=org(LONG), actor=cast.coordinator)
    late = make_application(call, 4)
    late.organization = organizations_queries.standing(
        call, apply_actions.organization_of({"org_name": f"the {SHORT.upper()}"})
    )
    late.save(update_fields=["organization"])
    Answer.objects.create(application=late, question="org_name", value=SHORT, visibility="selection")
    assert late.organization == org(LONG)
    other = make_call(cast.other_cohort, slug="south-call")
    assert organizations_queries.standing(other, org(SHORT)) == org(SHORT)  # another cohort's call is not touched
    organizations_actions.undo(match=OrganizationMatch.objects.get(), actor=cast.coordinator)
    assert counts(call) == {LONG: 1, SHORT: 2, "Harbor Light": 1}


def test_undo_leaves_those_whose_applicant_changed_meanwhile(cast, call, three) -> None:
    match = organizations_actions.merge(call=call, source=org(SHORT), target=org(LONG), actor=cast.coordinator)
    Application.objects.filter(pk=three[1].pk).update(organization=org("Harbor Light"))
    assert organizations_actions.undo(match=match, actor=cast.coordinator) == 0
    assert counts(call) == {LONG: 1, "Harbor Light": 2}


def test_chains_hold_and_come_apart_from_the_end(cast, call, three) -> None:
    first = organizations_actions.merge(call=call, source=org(SHORT), target=org(LONG), actor=cast.coordinator)
    second = organizations_actions.merge(
        call=call, source=org(LONG), target=org("Harbor Light"), actor=cast.coordinator
    )
    assert counts(call) == {"Harbor Light": 3}
    assert organizations_queries.standing(call, org(SHORT)) == org("Harbor Light")
    for wrong in (
        {"source": org(SHORT), "target": org("Harbor Light")},
        {"source": org("Harbor Light"), "target": org(SHORT)},
        {"source": org(LONG), "target": org(LONG)},
    ):
        with pytest.raises(NotPossible):
            organizations_actions.merge(call=call, actor=cast.coordinator, **wrong)
    with pytest.raises(NotPossible, match="merged into another later"):
        organizations_actions.undo(match=first, actor=cast.coordinator)
    organizations_actions.undo(match=second, actor=cast.coordinator)
    organizations_actions.undo(match=first, actor=cast.coordinator)
    assert counts(call) == {LONG: 1, SHORT: 1, "Harbor Light": 1}


def test_ties_of_readers_follow_a_merge(cast, call, three) -> None:
    early, late = make_screeners(cast.cohort, 2)
    review_actions.tell_about_me(person=early, cohort=cast.cohort, employer=SHORT, ties=[], languages=[])
    away = Recusal.objects.filter(person=early)
    assert set(away.values_list("application__number", flat=True)) == {2}
    organizations_actions.merge(call=call, source=org(SHORT), target=org(LONG), actor=cast.coordinator)
    assert set(away.values_list("application__number", flat=True)) == {1, 2}
    review_actions.tell_about_me(person=late, cohort=cast.cohort, employer="", ties=[SHORT], languages=[])
    assert set(Recusal.objects.filter(person=late).values_list("application__number", flat=True)) == {1, 2}
    Recusal.objects.all().delete()
    inputs = progress_queries.reading_inputs(call)
    assert {(three[0].pk, late.pk), (three[1].pk, late.pk), (three[0].pk, early.pk)} <= inputs.conflicts
    assert (three[2].pk, late.pk) not in inputs.conflicts


def test_the_database_refuses_what_makes_no_sense(cast, call, three) -> None:
    one, two = org(LONG), org(SHORT)
    base = {"call": call, "by": cast.coordinator}
    OrganizationMatch.objects.create(**base, source=one, target=two, same=True)
    for wrong in (
        {"source": one, "target": one, "same": True},
        {"source": one, "target": org("Harbor Light"), "same": True},
        {"source": two, "target": one, "same": False, "moved": ["x"]},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            OrganizationMatch.objects.create(**base, **wrong)


def test_nobody_sees_a_colleagues_application(cast, call) -> None:
    one, two = (make_application(call, n, organization=LONG, applicant=person(f"colleague{n}")) for n in (1, 2))
    Answer.objects.create(application=one, question="q_change", value="colleague-canary", visibility="reviewer")
    client = signed_in(two.applicant)
    from applications.apply import urls as apply_urls

    opened = []
    for pattern in apply_urls.urlpatterns:
        route = str(pattern.pattern)
        if route.startswith("applications/<uuid:pk>/"):
            every = {"pk": one.pk, "section_id": "reflection", "what": "identity"}
            address = reverse(
                f"applications:{pattern.name}",
                kwargs={name: value for name, value in every.items() if f":{name}>" in route},
            )
            opened.append(address)
            assert {client.get(address).status_code, client.post(address, {}).status_code} <= {404, 405}, address
    assert len(opened) >= 11
    for address in ("/applications/", "/", f"/calls/{call.slug}/"):
        page = client.get(address).content.decode()
        assert "colleague-canary" not in page
        assert str(one.pk) not in page
    assert client.get(url(call)).status_code == 404
    mine = signed_in(one.applicant).get("/applications/").content.decode()
    assert str(one.pk) in mine  # its owner sees it


def test_only_coordinators_and_only_organizations_of_this_call(cast, call, three) -> None:
    match = organizations_actions.merge(call=call, source=org(SHORT), target=org(LONG), actor=cast.coordinator)
    pair = {"from": org(LONG).pk, "into": org("Harbor Light").pk}
    gets, posts = ["", f"merge/?from={pair['from']}&into={pair['into']}"], ["merge/", "differ/", f"{match.pk}/undo/"]
    for user, status in (
        (cast.screener, 403),
        (cast.steward, 403),
        (cast.stranger, 404),
        (cast.superuser, 404),
        (cast.other_coordinator, 404),
        (three[0].applicant, 404),
    ):
        client = signed_in(user)
        assert [client.get(url(call, path)).status_code for path in gets] == [status] * 2
        assert [client.post(url(call, path), pair).status_code for path in posts] == [status] * 3
    elsewhere = Organization.objects.create(name="Elsewhere")
    client = signed_in(cast.coordinator)
    assert client.get(url(call, "merge/"), {"from": "", "into": org(LONG).pk}).url == url(call)
    for bad in (elsewhere.pk, "nonsense"):
        assert client.get(url(call, "merge/"), {"from": bad, "into": org(LONG).pk}).status_code == 404
        assert client.post(url(call, "merge/"), {"from": org(LONG).pk, "into": bad}).status_code == 404
    other = make_call(cast.other_cohort, slug="south-call")
    assert signed_in(cast.other_coordinator).post(url(other, f"{match.pk}/undo/")).status_code == 404
    assert counts(call) == {LONG: 2, "Harbor Light": 1}


def test_a_preview_hides_numbers_one_stays_away_from(cast, call, three) -> None:
    Recusal.objects.create(application=three[1], person=cast.coordinator, kind="friend")
    page = (
        signed_in(cast.coordinator).get(url(call, f"merge/?from={org(SHORT).pk}&into={org(LONG).pk}")).content.decode()
    )
    assert "0002" not in page
    assert "1 application that you stay away from moves too." in page


def test_the_page_takes_the_same_statements_at_any_size(cast, call, three) -> None:
    client, ran_counts = signed_in(cast.coordinator), []
    for size in (3, 23):
        for n in range(Application.objects.count() + 1, size + 1):
            make_application(call, n, organization=f"Number {n} House")
        client.get(url(call))
        with CaptureQueriesContext(connection) as ran:
            client.get(url(call))
        ran_counts.append(len(ran))
    assert ran_counts[0] == ran_counts[1] <= 10
