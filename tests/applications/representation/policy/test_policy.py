"""The policy step: chosen on purpose, by two people where it must be, with a record that says who, when and why."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.call import actions as call_actions
from applications.models import Answer, Call, FactorPolicy, IdentityAnswer, RuleChange, SelectionRules, Target
from applications.representation.policy import actions as policy_actions
from applications.representation.policy import law
from applications.representation.policy import queries as policy_queries
from applications.representation.policy.actions import Counsel
from applications.representation.pool import problem as pool_problem
from applications.representation.targets import queries as targets_queries
from cohort.outbox import rendering
from cohort.outbox.models import Message
from cohort.outbox.registry import kinds
from cohort.people import history
from cohort.people.models import Role, User
from cohort.people.states import NotPossible
from tests.applications.apply.filled import open_call
from tests.applications.pool import make_application, make_call
from tests.conftest import join, person, signed_in

TODAY = dt.date.today()
LAWYER = Counsel("Pat Lee", TODAY - dt.timedelta(days=2), "Gender, for this call", TODAY + dt.timedelta(90))
LAWYER_POST = {
    "counsel_name": "Pat Lee",
    "counsel_on": str(LAWYER.on),
    "counsel_note": "Gender, for this call",
    "counsel_until": str(LAWYER.until),
}


@pytest.fixture
def second(cast: SimpleNamespace) -> User:
    user = person("second")
    join(user, cast.cohort, Role.COORDINATOR)
    return user


@pytest.fixture
def draft(cast: SimpleNamespace) -> Call:
    now = timezone.now()
    return call_actions.create_call(
        cohort=cast.cohort,
        actor=cast.coordinator,
        title="North call",
        opens_at=now - dt.timedelta(hours=1),
        closes_at=now + dt.timedelta(days=9),
    )


def url(call: Call, rest: str = "") -> str:
    return f"/calls/{call.slug}/policy/{rest}"


# ---------------------------------------------------------------- chosen on purpose


def test_nothing_is_chosen_in_silence_and_the_call_stays_shut_until_all_is(cast, draft) -> None:
    client = signed_in(cast.coordinator)
    page = client.get(url(draft, "factors/gender/")).content.decode()
    assert "What may the answers be used for?" in page
    assert "checked" not in page
    assert FactorPolicy.objects.count() == RuleChange.objects.count() == 0
    names = [row.what for row in policy_queries.missing(draft)]
    assert names[0] == "Legal profile"
    assert {"Gender", "Race and ethnicity", "Where the work is"} <= set(names)
    assert "Sexual orientation" not in names  # switched off in this form
    page = client.get(f"/calls/{draft.slug}/open/").content.decode()
    assert [row.url for row in policy_queries.missing(draft) if row.url not in page] == []
    client.post(f"/calls/{draft.slug}/open/")
    draft.refresh_from_db()
    assert draft.state == "draft"
    with pytest.raises(call_actions.NotSettledError):
        call_actions.open_call(call=draft, actor=cast.coordinator)


def test_the_guided_way_from_nothing_to_an_open_call(cast, draft) -> None:
    client = signed_in(cast.coordinator)
    assert "Choose your legal profile first." in client.get(url(draft, "suggestions/")).content.decode()
    wrong = client.post(url(draft, "profile/"), {})
    assert set(wrong.context["form"].errors) == {"profile", "approver", "reason"}
    client.post(
        url(draft, "profile/"),
        {"profile": "wa_public_agency", "approver": "Dana Reyes, director", "reason": "We are a health district."},
    )
    draft.refresh_from_db()
    assert draft.policy_profile == "wa_public_agency"
    chosen = client.post(url(draft, "factors/gender/"), {"policy": "outreach", "reason": "To reach men."})
    assert chosen.status_code == 302
    assert set(client.post(url(draft, "suggestions/"), {}).context["form"].errors) == {"read", "reason"}
    client.post(url(draft, "suggestions/"), {"read": "on", "reason": "Read together on Monday."})
    assert policy_queries.missing(draft) == []
    policies = dict(FactorPolicy.objects.values_list("factor", "policy"))
    assert [policies[name] for name in ("gender", "race_ethnicity", "geography")] == [
        "outreach",
        "monitor",
        "selection",
    ]
    client.post(f"/calls/{draft.slug}/open/")
    draft.refresh_from_db()
    assert draft.state == "open"
    change = RuleChange.objects.get(factor="gender")
    assert (change.version, change.reason, change.proposed_by, change.needs_second) == (
        1,
        "To reach men.",
        cast.coordinator,
        False,
    )


def test_a_profile_offers_only_what_it_allows(cast, draft) -> None:
    client = signed_in(cast.coordinator)
    for factor, offered in {
        "gender": ["outreach", "monitor", "not_used"],
        "geography": ["selection", "not_used"],
        "sexual_orientation": ["monitor", "not_used"],
        "veteran": ["outreach", "monitor", "not_used"],
    }.items():
        page = client.get(url(draft, f"factors/{factor}/"))
        assert [value for value, _words in page.context["form"].fields["policy"].choices] == offered
        assert page.context["form"].asks_lawyer is False
    assert "Not offered under your legal profile" in client.get(url(draft, "factors/gender/")).content.decode()
    wrong = client.post(url(draft, "factors/gender/"), {"policy": "selection", "reason": "x"})
    assert "policy" in wrong.context["form"].errors
    with pytest.raises(NotPossible):
        policy_actions.choose_policy(
            call=draft, factor="gender", policy="selection", reason="x", actor=cast.coordinator, counsel=LAWYER
        )
    assert client.get(url(draft, "factors/no_such_factor/")).status_code == 404


# ---------------------------------------------------------------- two people and a lawyer


def test_identity_selection_needs_profile_lawyer_and_a_second_person(cast, draft, second) -> None:
    one, two = signed_in(cast.coordinator), signed_in(second)
    typed = {"profile": "counsel_approved", "approver": "Dana", "reason": "Our board decided."}
    wrong = one.post(url(draft, "profile/"), typed)
    assert set(wrong.context["form"].errors) == {"counsel_name", "counsel_on", "counsel_note", "counsel_until"}
    one.post(url(draft, "profile/"), {**typed, **LAWYER_POST})
    draft.refresh_from_db()
    assert draft.policy_profile == "us_federal_funds"  # it waits
    waits = RuleChange.objects.get(kind="profile")
    own = one.post(url(draft, f"changes/{waits.pk}/settle/"), {"do": "agree"}, follow=True)
    assert "Somebody else must agree" in own.content.decode()
    two.post(url(draft, f"changes/{waits.pk}/settle/"), {"do": "agree", "note": "Read the letter."})
    draft.refresh_from_db()
    assert draft.policy_profile == "counsel_approved"
    assert history.of(draft).filter(verb="call.rule_in_force").get().actor_id == second.pk

    wrong = one.post(url(draft, "factors/gender/"), {"policy": "selection", "reason": "Because."})
    assert set(wrong.context["form"].errors) == {"counsel_name", "counsel_on", "counsel_note", "counsel_until"}
    one.post(url(draft, "factors/gender/"), {"policy": "selection", "reason": "Because.", **LAWYER_POST})
    assert FactorPolicy.objects.filter(factor="gender").count() == 0
    assert [row.why for row in policy_queries.missing(draft) if row.what == "Gender"] == ["Waits for a second person."]
    change = RuleChange.objects.get(factor="gender")
    two.post(url(draft, f"changes/{change.pk}/settle/"), {"do": "agree"})
    policy = FactorPolicy.objects.get(factor="gender")
    assert (policy.policy, policy.approved_by, policy.decided_by) == ("selection", "Pat Lee", cast.coordinator)
    change.refresh_from_db()
    assert (change.version, change.settled_by, change.counsel_until) == (1, second, LAWYER.until)
    for factor in ("disability", "age", "sexual_orientation", "language"):  # not even a lawyer unlocks these
        assert "selection" not in policy_queries.row_for(draft, factor).allowed


def test_even_an_approved_identity_factor_never_reaches_what_coordinators_read(cast, draft, second) -> None:
    policy_actions.agree(
        change=policy_actions.choose_profile(
            call=draft, profile="counsel_approved", approver="D", reason="r", actor=cast.coordinator, counsel=LAWYER
        ),
        actor=second,
    )
    policy_actions.agree(
        change=policy_actions.choose_policy(
            call=Call.objects.get(),
            factor="gender",
            policy="selection",
            reason="r",
            actor=cast.coordinator,
            counsel=LAWYER,
        ),
        actor=second,
    )
    policy_actions.adopt(call=draft, actor=cast.coordinator)
    call_actions.open_call(call=Call.objects.get(), actor=cast.coordinator)
    one = make_application(Call.objects.get(), 1)
    IdentityAnswer.objects.create(application=one, question="gender", code="canary-woman")
    Answer.objects.create(application=one, question="primary_subarea", value="island", visibility="selection")
    found = pool_problem.pool(Call.objects.get())
    assert FactorPolicy.objects.get(factor="gender").policy == "selection"
    assert "gender" not in {t.factor for t in targets_queries.usable(Call.objects.get(), found.factors)}
    assert "canary-woman" not in str(found)


def test_an_approval_runs_out_and_shuts_the_call_again(cast, draft, second) -> None:
    change = policy_actions.choose_profile(
        call=draft, profile="counsel_approved", approver="D", reason="r", actor=cast.coordinator, counsel=LAWYER
    )
    policy_actions.agree(change=change, actor=second)
    assert "Legal profile" not in [row.what for row in policy_queries.missing(draft, LAWYER.until)]
    after = LAWYER.until + dt.timedelta(days=1)
    assert [row.why for row in policy_queries.missing(draft, after) if row.what == "Legal profile"] == [
        "The lawyer’s approval has run out."
    ]
    stale = Counsel("x", TODAY - dt.timedelta(9), "x", TODAY - dt.timedelta(3))
    with pytest.raises(NotPossible):
        policy_actions.choose_profile(
            call=draft, profile="counsel_approved", approver="D", reason="r", actor=cast.coordinator, counsel=stale
        )


def test_going_back_to_a_careful_profile_asks_again_about_what_it_forbids(cast, draft, second) -> None:
    policy_actions.agree(
        change=policy_actions.choose_profile(
            call=draft, profile="counsel_approved", approver="D", reason="r", actor=cast.coordinator, counsel=LAWYER
        ),
        actor=second,
    )
    policy_actions.agree(
        change=policy_actions.choose_policy(
            call=Call.objects.get(),
            factor="gender",
            policy="selection",
            reason="r",
            actor=cast.coordinator,
            counsel=LAWYER,
        ),
        actor=second,
    )
    policy_actions.choose_profile(call=draft, profile="us_federal_funds", approver="D", reason="Careful.", actor=second)
    assert "does not allow “Selection”" in next(
        row.why for row in policy_queries.missing(Call.objects.get()) if row.what == "Gender"
    )


def test_the_database_itself_refuses_shortcuts(cast, draft) -> None:
    base = {"call": draft, "reason": "r", "proposed_by": cast.coordinator}
    done = {"state": "in_force", "version": 1, "settled_at": timezone.now(), "settled_by": cast.coordinator}
    lawyer = {"counsel_name": "x", "counsel_note": "x", "counsel_on": TODAY, "counsel_until": TODAY}
    for wrong in (
        {"kind": "policy", "factor": "gender", "identity": True, "value": "selection", **done},
        {"kind": "policy", "factor": "gender", "identity": True, "value": "selection", **done, **lawyer},
        {"kind": "profile", "value": "counsel_approved", "needs_second": True},
        {"kind": "policy", "factor": "age", "value": "monitor", "needs_second": True, **done},
        {"kind": "policy", "factor": "age", "value": "monitor", "state": "in_force"},
        {"kind": "policy", "factor": "age", "value": "monitor", "reason": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            RuleChange.objects.create(**{**base, **wrong})
    RuleChange.objects.create(**base, kind="policy", factor="age", value="monitor")
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleChange.objects.create(**base, kind="policy", factor="age", value="outreach")  # one waits already


# ---------------------------------------------------------------- after opening


def test_after_opening_every_change_waits_for_a_second_person(cast, second) -> None:
    call = open_call(cast.cohort)
    one, two = signed_in(cast.coordinator), signed_in(second)
    one.post(url(call, "factors/gender/"), {"policy": "not_used", "reason": "We will not look."})
    assert FactorPolicy.objects.get(factor="gender").policy == "monitor"
    change = RuleChange.objects.get(factor="gender", state="waiting")
    assert change.after_opening
    again = one.post(url(call, "factors/gender/"), {"policy": "outreach", "reason": "Or this."})
    assert "waits for a second person already" in again.content.decode()
    refused = two.post(url(call, f"changes/{change.pk}/settle/"), {"do": "refuse"}, follow=True)
    assert "Say why you do not agree." in refused.content.decode()
    two.post(url(call, f"changes/{change.pk}/settle/"), {"do": "refuse", "note": "We promised totals."})
    change.refresh_from_db()
    assert (change.state, change.version, change.settled_note) == ("refused", None, "We promised totals.")
    one.post(url(call, "factors/gender/"), {"policy": "not_used", "reason": "Asked again."})
    later = RuleChange.objects.get(factor="gender", state="waiting")
    two.post(url(call, f"changes/{later.pk}/settle/"), {"do": "agree"})
    later.refresh_from_db()
    assert (later.version, FactorPolicy.objects.get(factor="gender").policy) == (2, "not_used")
    with pytest.raises(NotPossible):
        policy_actions.agree(change=later, actor=second)
    with pytest.raises(NotPossible):
        policy_actions.take_suggestions(call=call, actor=cast.coordinator, reason="x")


def test_the_second_person_is_told_at_home(cast, second) -> None:
    call = open_call(cast.cohort)
    policy_actions.choose_policy(
        call=call, factor="age", policy="not_used", reason="secret-reason", actor=cast.coordinator
    )
    page = signed_in(second).get("/").content.decode()
    assert "1 change of what people are chosen by waits for you." in page
    assert "secret-reason" not in page
    for user in (cast.coordinator, cast.screener, cast.other_coordinator):
        assert "waits for you" not in signed_in(user).get("/").content.decode()


def test_the_person_who_asked_may_take_it_back(cast, second) -> None:
    call = open_call(cast.cohort)
    change = policy_actions.choose_policy(
        call=call, factor="age", policy="not_used", reason="r", actor=cast.coordinator
    )
    signed_in(cast.coordinator).post(url(call, f"changes/{change.pk}/settle/"), {"do": "back"})
    change.refresh_from_db()
    assert (change.state, FactorPolicy.objects.get(factor="age").policy) == ("taken_back", "monitor")


def test_targets_have_versions_and_after_opening_two_people(cast, second) -> None:
    call = open_call(cast.cohort)
    assert policy_actions.start_targets(call=call, actor=cast.coordinator) == 16
    assert policy_queries.targets_version(call) == 1
    island = Target.objects.get(call=call, code="island")
    typed = {
        "label": "Island County",
        "values": ["island"],
        "floor": "1",
        "ideal": "1.5",
        "ceiling": "3",
        "priority": "1",
        "reason": "Two ferries.",
    }
    address = f"/calls/{call.slug}/board/factors/geography/{island.pk}/"
    client = signed_in(cast.coordinator)
    assert client.post(address, typed).status_code == 200  # why now?
    assert client.post(address, {**typed, "change-reason": "Many applied from there."}).status_code == 302
    island.refresh_from_db()
    assert island.ceiling == 2
    change = RuleChange.objects.get(kind="targets", state="waiting")
    assert "Many applied from there." in signed_in(second).get(url(call, f"changes/{change.pk}/")).content.decode()
    policy_actions.agree(change=change, actor=second)
    island.refresh_from_db()
    change.refresh_from_db()
    assert (island.ceiling, change.version, policy_queries.targets_version(call)) == (3, 2, 2)
    assert next(row for row in change.snapshot if row["code"] == "island")["ceiling"] == 3
    assert change.before["ceiling"] == 2
    removal = policy_actions.change_target(
        call=call, target=island, factor="geography", fields=None, reason="r", actor=cast.coordinator
    )
    Target.objects.filter(pk=island.pk).update(floor=0)
    with pytest.raises(NotPossible, match="changed meanwhile"):
        policy_actions.agree(change=removal, actor=second)
    removal.refresh_from_db()
    assert removal.state == "waiting"


def limits(client, call: Call, **changes: str):
    typed = {
        "which": "limits",
        "org_cap": "1",
        "org_cap_hard": "no",
        "org_max": "2",
        "lottery_seed": "First Friday",
        "reason": "As the call says.",
        **changes,
    }
    return client.post(f"/calls/{call.slug}/board/rules/", typed)


def test_before_opening_one_person_sets_limits_with_a_reason_and_a_version(cast, draft, second) -> None:
    client = signed_in(cast.coordinator)
    assert "Say why." in limits(client, draft, reason="").content.decode()
    assert limits(client, draft).status_code == 302
    change = RuleChange.objects.get(kind="limits")
    assert (change.state, change.version, change.needs_second) == ("in_force", 1, False)
    assert policy_queries.limits_data(draft) == {
        "org_cap": 1,
        "org_cap_hard": False,
        "org_max": 2,
        "lottery_seed": "First Friday",
    }
    assert "This is what is in force already." in limits(client, draft).content.decode()
    assert not Message.objects.filter(kind="rule_change_waits").exists()


def test_after_opening_limits_and_the_draw_need_a_second_person(cast, second) -> None:
    call = open_call(cast.cohort)
    one, two = signed_in(cast.coordinator), signed_in(second)
    before = policy_queries.limits_data(call)
    assert limits(one, call, lottery_seed="A better draw").status_code == 302
    assert policy_queries.limits_data(call) == before
    change = RuleChange.objects.get(kind="limits", state="waiting")
    assert "Waits for a second coordinator" in one.get(f"/calls/{call.slug}/board/rules/").content.decode()
    assert "waits for a second person already" in limits(one, call, org_cap="3", org_max="3").content.decode()
    with pytest.raises(NotPossible, match="Somebody else must agree"):
        policy_actions.agree(change=change, actor=cast.coordinator)
    page = two.get(url(call, f"changes/{change.pk}/")).content.decode()
    assert "Limits and the draw" in page
    assert "A better draw" in page
    two.post(url(call, f"changes/{change.pk}/settle/"), {"do": "agree"})
    assert policy_queries.limits_data(call)["lottery_seed"] == "A better draw"
    public = signed_in(cast.stranger).get(f"/calls/{call.slug}/chosen-by/").content.decode()
    assert "A better draw" in public


def test_limits_that_changed_meanwhile_are_asked_for_again(cast, second) -> None:
    call = open_call(cast.cohort)
    change = policy_actions.change_limits(
        call=call, org_cap=3, org_cap_hard=True, org_max=0, lottery_seed="x", reason="r", actor=cast.coordinator
    )
    SelectionRules.objects.update_or_create(call=call, defaults={"org_cap": 7})
    with pytest.raises(NotPossible, match="changed meanwhile"):
        policy_actions.agree(change=change, actor=second)
    assert policy_queries.limits_data(call)["org_cap"] == 7


def test_a_change_that_waits_is_mailed_to_every_other_coordinator(cast, second) -> None:
    call = open_call(cast.cohort)
    change = policy_actions.choose_policy(
        call=call, factor="age", policy="not_used", reason="secret-reason", actor=cast.coordinator
    )
    message = Message.objects.get(kind="rule_change_waits")
    kind = kinds.get("rule_change_waits")
    assert (message.recipient, kind.klass, kind.still_needed(message)) == (second, "F", None)
    words = rendering.render(message, kind, "")
    assert f"/calls/{call.slug}/policy/changes/{change.pk}/" in words.text
    assert "Age" in words.text
    assert "secret-reason" not in words.text + words.html
    message.recipient = cast.coordinator
    assert kind.still_needed(message) == "no_role"  # who asked may not agree
    message.recipient = cast.screener
    assert kind.still_needed(message) == "no_role"
    message.recipient = second
    policy_actions.refuse(change=change, actor=second, note="No.")
    assert kind.still_needed(message) == "done"


def test_a_proposal_keeps_which_version_of_the_targets_it_used(cast, second) -> None:
    from applications.representation.proposals import actions as proposals_actions
    from tests.applications.representation.proposals.pool import choosing_call, fill_pool

    call = choosing_call(cast.cohort, cast.coordinator)
    fill_pool(call, 20)
    assert proposals_actions.ask(call=call, actor=cast.coordinator).targets_version == 1


def test_applicants_read_what_is_used_and_what_changed(cast, draft, second) -> None:
    address = f"/calls/{draft.slug}/chosen-by/"
    policy_actions.adopt(call=draft, actor=cast.coordinator, reason="secret-before-opening")
    policy_actions.start_targets(call=draft, actor=cast.coordinator)
    assert Client().get(address).status_code == 404  # in preparation
    call = call_actions.open_call(call=draft, actor=cast.coordinator)
    page = Client().get(address).content.decode()
    assert "Where the work is" in page.split("Not used when choosing")[0]
    assert "Race and ethnicity" in page.split("Not used when choosing")[1]
    assert "Island County: 1 to 2 seats" in page
    assert "secret-before-opening" not in page
    change = policy_actions.choose_policy(
        call=call, factor="age", policy="not_used", reason="We do not need it.", actor=cast.coordinator
    )
    assert "We do not need it." not in Client().get(address).content.decode()  # it only waits
    policy_actions.agree(change=change, actor=second, note="secret-note")
    page = Client().get(address).content.decode()
    assert "We do not need it." in page
    assert [word for word in ("secret-note", "Coordinator", "Second") if word in page] == []


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_settle_a_change_once(cast, second) -> None:
    third = person("third")
    join(third, cast.cohort, Role.COORDINATOR)
    call = open_call(cast.cohort)
    change = policy_actions.choose_policy(
        call=call, factor="age", policy="not_used", reason="r", actor=cast.coordinator
    )

    def answer(user: User) -> str:
        try:
            return str(policy_actions.agree(change=RuleChange.objects.get(pk=change.pk), actor=user).state)
        except NotPossible:
            return "late"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        answers = sorted(both.map(answer, [second, third]))
    assert answers == ["in_force", "late"]
    assert list(RuleChange.objects.filter(factor="age").order_by("version").values_list("version", "state")) == [
        (1, "in_force"),
        (2, "in_force"),
    ]
    assert history.of(call).filter(verb="call.policy_changed").count() == 1


# ---------------------------------------------------------------- law, record, access


def test_the_law_page_is_plain_and_gives_sources(cast, draft) -> None:
    client = signed_in(cast.coordinator)
    page = client.get(url(draft, "law/")).content.decode()
    assert "This is not legal advice." in page
    assert "RCW 49.60.400" not in page  # the federal profile
    assert [rule.id for rule in law.RULES if not rule.source] == []
    Call.objects.update(policy_profile="wa_public_agency")
    page = client.get(url(draft, "law/")).content.decode()
    assert "AGO 2017 No. 2" in page
    assert (
        set(law.FACTOR_WORDS)
        == set(law.FACTOR_RULES)
        == {row.factor.id for row in policy_queries.rows(draft) if row.identity}
    )
    known = {rule.id for rule in law.RULES}
    assert {rule for rules in law.FACTOR_RULES.values() for rule in rules} <= known


def test_the_record_says_who_what_when_and_why_and_can_be_taken_out(cast, draft, second) -> None:
    policy_actions.adopt(call=draft, actor=cast.coordinator, reason="=Read together")
    policy_actions.choose_policy(call=draft, factor="gender", policy="outreach", reason="To reach men.", actor=second)
    client = signed_in(cast.coordinator)
    page = client.get(url(draft, "record/")).content.decode()
    assert "To reach men." in page
    assert "Outreach, before: Monitor" in page
    assert client.get(url(draft, "record.csv")).status_code == 405
    rows = list(csv.DictReader(io.StringIO(client.post(url(draft, "record.csv")).content.decode())))
    gender = [row for row in rows if row["factor"] == "gender"]
    assert [(r["version"], r["proposed_by"], r["reason"]) for r in gender] == [
        ("1", "Coordinator", "'=Read together"),
        ("2", "Second", "To reach men."),
    ]
    data = json.loads(client.post(url(draft, "record.json")).content)
    assert len(data["changes"]) == len(rows) == 18
    exports = [e.details for e in history.of(draft) if e.verb == "call.policy_exported"]
    assert exports == [{"rows": 18, "format": "csv"}, {"rows": 18, "format": "json"}]


def test_only_coordinators_of_the_cohort(cast, second) -> None:
    call = open_call(cast.cohort)
    change = policy_actions.choose_policy(
        call=call, factor="age", policy="not_used", reason="r", actor=cast.coordinator
    )
    gets = ["", "law/", "profile/", "suggestions/", "factors/gender/", f"changes/{change.pk}/", "record/"]
    posts = ["profile/", "suggestions/", "factors/gender/", f"changes/{change.pk}/settle/", "record.csv", "record.json"]
    for path in gets:
        assert signed_in(cast.coordinator).get(url(call, path)).status_code == 200
    for user, status in (
        (cast.screener, 403),
        (cast.steward, 403),
        (cast.stranger, 404),
        (cast.superuser, 404),
        (cast.other_coordinator, 404),
    ):
        client = signed_in(user)
        assert [client.get(url(call, path)).status_code for path in gets] == [status] * len(gets)
        assert [client.post(url(call, path)).status_code for path in posts] == [status] * len(posts)
    assert Client().get(url(call)).status_code == 302
    change.refresh_from_db()
    assert change.state == "waiting"
    other = make_call(cast.other_cohort, slug="south-call")
    theirs = signed_in(cast.other_coordinator)
    assert theirs.get(url(other, f"changes/{change.pk}/")).status_code == 404


def test_pages_take_the_same_statements_with_few_and_many_changes(cast, second) -> None:
    call = open_call(cast.cohort)
    client, counts = signed_in(cast.coordinator), {}
    for size in (1, 20):
        for n in range(size):
            change = policy_actions.choose_policy(
                call=call,
                factor="age",
                policy="not_used" if n % 2 == 0 else "monitor",
                reason=f"r{n}",
                actor=cast.coordinator,
            )
            if n < size - 1:
                policy_actions.agree(change=change, actor=second)
            else:
                policy_actions.refuse(change=change, actor=cast.coordinator, note="")
        for path in ("", "record/", "factors/age/"):
            client.get(url(call, path))
            with CaptureQueriesContext(connection) as ran:
                client.get(url(call, path))
            counts.setdefault(path, []).append(len(ran))
    assert [n for n in counts.values() if n[0] != n[1]] == []
    assert max(n for pair in counts.values() for n in pair) <= 16


def test_preset_primitives_are_reachable_only_through_ruling() -> None:
    """Views never call the parts that check nothing."""
    from pathlib import Path

    views = sorted(Path(settings.BASE_DIR, "applications").rglob("*views.py"))
    words = "".join(path.read_text() for path in views)
    unchecked = ("apply_preset", "save_target(", "actions.remove_target(", "adopt(", "start_targets", "save_rules")
    assert len(views) > 20
    assert [name for name in unchecked if name in words] == []
