"""Policies and targets: what a region suggests, what may be changed, and what can never be used."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from applications.models import FactorPolicy, SelectionRules, Target
from applications.representation.policy import actions as policy_actions
from applications.representation.targets import actions as targets_actions
from applications.representation.targets import queries as targets_queries
from cohort.people import history
from cohort.people.states import NotPossible
from tests.applications.pool import make_call
from tests.applications.representation.proposals.pool import choosing_call
from tests.conftest import signed_in

SELECTION = {
    "organization_type",
    "sector",
    "organization_size",
    "geography_served",
    "geography",
    "rurality",
    "tribal_government_representation",
}
IDENTITY = {
    "race_ethnicity",
    "tribal_affiliation_personal",
    "gender",
    "sexual_orientation",
    "disability",
    "age",
    "language",
    "veteran",
    "lived_experience_checklist",
}


def test_the_form_decides_what_each_factor_may_be_used_for(cast: SimpleNamespace) -> None:
    call = make_call(cast.cohort)
    assert policy_actions.adopt(call=call, actor=cast.coordinator) == len(SELECTION | IDENTITY)
    policies = dict(FactorPolicy.objects.filter(call=call).values_list("factor", "policy"))
    assert {factor for factor, policy in policies.items() if policy == "selection"} == SELECTION
    assert {policies[factor] for factor in IDENTITY} == {"monitor", "outreach"}
    assert policy_actions.adopt(call=call, actor=cast.coordinator) == 0


def test_a_region_suggests_ranges_with_reasons(cast: SimpleNamespace) -> None:
    call = choosing_call(cast.cohort, cast.coordinator)
    rows = {(t.factor, t.code): t for t in Target.objects.filter(call=call)}
    places = {code: (t.floor, t.ideal100, t.ceiling, t.priority) for (f, code), t in rows.items() if f == "geography"}
    assert places == {
        "snohomish": (7, 950, 10, 1),
        "whatcom": (2, 271, 4, 1),
        "skagit": (1, 152, 3, 1),
        "island": (1, 105, 2, 1),
        "san_juan": (1, 100, 1, 1),
    }
    assert rows["rurality", "rural_island_reservation_town"].values == ["rural", "island", "reservation", "town"]
    assert rows["sector", "behavioral"].floor == 2
    assert {t.factor for t in rows.values()} <= SELECTION
    assert all(t.reason for t in rows.values())
    assert "small place is not left out" in rows["geography", "san_juan"].reason
    rules = SelectionRules.objects.get(call=call)
    assert (rules.org_cap, rules.org_cap_hard) == (1, False)


def test_another_number_of_seats_scales_the_ranges_and_never_makes_them_tighter(cast: SimpleNamespace) -> None:
    cast.cohort.seats = 30
    cast.cohort.save()
    call = choosing_call(cast.cohort)
    found = Target.objects.get(call=call, code="snohomish")
    assert (found.floor, found.ceiling) == (14, 20)


def test_a_region_without_ranges_offers_shares_and_an_unknown_one_nothing(cast: SimpleNamespace) -> None:
    cast.cohort.region = "sonoma_county"
    cast.cohort.save()
    call = choosing_call(cast.cohort)
    assert {(t.code, t.floor, t.ideal100, t.ceiling) for t in Target.objects.filter(call=call)} == {
        (f"d{n}", 3, 300, 3) for n in range(1, 6)
    }
    cast.other_cohort.region = "nowhere"
    cast.other_cohort.save()
    with pytest.raises(NotPossible):
        choosing_call(cast.other_cohort, slug="south-call")


def test_no_target_and_no_policy_can_be_made_for_an_identity_factor(cast: SimpleNamespace) -> None:
    call = choosing_call(cast.cohort)
    fields = {"label": "x", "values": ["aian"], "floor": 1, "ideal100": 100, "ceiling": 4, "priority": 1, "reason": "x"}
    with pytest.raises(NotPossible):
        targets_actions.save_target(call=call, actor=cast.coordinator, target=None, factor="race_ethnicity", **fields)
    with pytest.raises(NotPossible):
        policy_actions.choose_policy(
            call=call, factor="race_ethnicity", policy="selection", reason="x", actor=cast.coordinator
        )
    client = signed_in(cast.coordinator)
    base = f"/calls/{call.slug}/board/factors"
    assert client.get(f"{base}/geography/new/").status_code == 200
    assert client.get(f"{base}/race_ethnicity/new/").status_code == 404
    assert client.get(f"{base}/race_ethnicity/policy/").status_code == 404


def test_rows_put_past_the_actions_still_do_not_count(cast: SimpleNamespace) -> None:
    """Even a policy and a target written straight into the tables leave an identity factor outside."""
    call = choosing_call(cast.cohort)
    FactorPolicy.objects.filter(call=call, factor="race_ethnicity").update(policy="selection")
    Target.objects.create(call=call, factor="race_ethnicity", code="aian", label="x", values=["canary-aian"], ceiling=4)
    usable = targets_queries.usable(call, targets_queries.factors(call))
    assert "geography" in {t.factor for t in usable}
    assert "race_ethnicity" not in {t.factor for t in usable}


def test_a_factor_that_is_not_used_leaves_its_targets_out(cast: SimpleNamespace) -> None:
    call = choosing_call(cast.cohort, state="draft")
    client = signed_in(cast.coordinator)
    old = f"/calls/{call.slug}/board/factors/rurality/policy/"
    url = f"/calls/{call.slug}/policy/factors/rurality/"
    assert client.get(old).url == url
    assert client.post(url, {"policy": "not_used", "reason": ""}).status_code == 200
    assert client.post(url, {"policy": "not_used", "reason": "The board asked for it"}).status_code == 302
    assert "rurality" not in {t.factor for t in targets_queries.usable(call, targets_queries.factors(call))}
    assert Target.objects.filter(call=call, factor="rurality").exists()
    entry = history.of(call).get(verb="call.policy_changed")
    assert (entry.actor_id, entry.details) == (cast.coordinator.pk, {"factor": "rurality", "policy": "not_used"})


def test_a_target_is_typed_checked_changed_and_removed(cast: SimpleNamespace) -> None:
    call = choosing_call(cast.cohort, state="draft")
    client, url = signed_in(cast.coordinator), f"/calls/{call.slug}/board/factors/geography_served/new/"
    typed = {
        "label": "Serves the islands",
        "values": ["island", "san_juan"],
        "floor": "1",
        "ideal": "2.5",
        "ceiling": "4",
        "priority": "1",
        "reason": "Ferries.",
    }
    page = client.post(url, {**typed, "ceiling": "0"})
    assert "The ceiling cannot be lower than the floor." in page.content.decode()
    assert client.post(url, typed).status_code == 302
    made = Target.objects.get(call=call, factor="geography_served")
    assert (made.code, made.values, made.floor, made.ideal100, made.ceiling, made.priority) == (
        "island_san_juan",
        ["island", "san_juan"],
        1,
        250,
        4,
        1,
    )
    assert client.post(url, typed).status_code == 200  # the same answers twice
    assert Target.objects.filter(call=call, factor="geography_served").count() == 1
    change = f"/calls/{call.slug}/board/factors/geography_served/{made.pk}/"
    assert 'value="2.5"' in client.get(change).content.decode()
    assert client.post(change, {**typed, "floor": "2"}).status_code == 302
    assert Target.objects.get(pk=made.pk).floor == 2
    away = f"/calls/{call.slug}/board/targets/{made.pk}/remove/"
    assert client.post(away, {"reason": ""}).status_code == 200
    assert client.post(away, {"reason": "Asked twice."}).status_code == 302
    assert not Target.objects.filter(pk=made.pk).exists()
    assert [entry.verb for entry in history.of(call) if entry.verb.startswith("call.target")][-3:] == [
        "call.target_saved",
        "call.target_saved",
        "call.target_removed",
    ]


def test_the_preset_is_taken_over_by_a_button_and_asks_before_replacing(cast: SimpleNamespace) -> None:
    call = make_call(cast.cohort, state="draft")
    policy_actions.adopt(call=call, actor=cast.coordinator)
    client, url = signed_in(cast.coordinator), f"/calls/{call.slug}/board/targets/"
    assert "Start from these ranges" in client.get(url).content.decode()
    assert client.post(f"{url}preset/").status_code == 302
    count = Target.objects.filter(call=call).count()
    assert count > 10
    page = client.get(f"{url}preset/").content.decode()
    assert f"The {count} targets you have now are removed." in page
    page = client.get(url).content.decode()
    assert "Snohomish County" in page
    assert "Race and ethnicity" in page  # named as never used
    assert "board/factors/race_ethnicity" not in page
