"""Identity factors that are approved for choosing: they count where nobody can look, and nothing of them comes out."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import serializers
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import applications
from applications import selection
from applications.apply import store
from applications.models import (
    Application,
    Call,
    Consent,
    CriterionScore,
    Explanation,
    FactorPolicy,
    IdentityAnswer,
    Proposal,
    RuleChange,
    Target,
)
from applications.representation.policy import actions as policy_actions
from applications.representation.policy.actions import Counsel
from applications.representation.pool import identity
from applications.representation.proposals import actions as proposals_actions
from applications.representation.proposals import explain as proposals_explain
from applications.representation.proposals import scenarios
from applications.representation.proposals.tasks import run_explanation, run_proposal
from applications.representation.targets import actions as targets_actions
from applications.representation.targets import approvals
from applications.representation.targets import queries as targets_queries
from cohort.people import history
from cohort.people.models import Role
from cohort.people.states import NotPossible
from tests.applications.pool import make_call
from tests.applications.representation.proposals.pool import CANARIES, fill_pool
from tests.applications.walk import addresses, said
from tests.conftest import join, person, signed_in

TODAY = dt.date.today()
LAWYER = Counsel("Pat Lee", TODAY - dt.timedelta(days=2), "Gender, for this call", TODAY + dt.timedelta(90))
SEATS, WOMEN, PEOPLE = 6, 8, 30


def two(world: SimpleNamespace, change: RuleChange) -> RuleChange:
    return policy_actions.agree(change=change, actor=world.second)


def approve(world: SimpleNamespace, factor: str = "gender") -> None:
    call = Call.objects.get()
    if call.policy_profile != "counsel_approved":
        two(
            world,
            policy_actions.choose_profile(
                call=call,
                profile="counsel_approved",
                approver="Dana",
                reason="r",
                actor=world.cast.coordinator,
                counsel=LAWYER,
            ),
        )
    two(
        world,
        policy_actions.choose_policy(
            call=Call.objects.get(),
            factor=factor,
            policy="selection",
            reason="r",
            actor=world.cast.coordinator,
            counsel=LAWYER,
        ),
    )
    world.call = Call.objects.select_related("cohort").get()


def fields(values: list[str], floor: int, ceiling: int = SEATS) -> dict[str, Any]:
    return {
        "label": " or ".join(values),
        "values": values,
        "floor": floor,
        "ideal100": 100 * floor,
        "ceiling": ceiling,
        "priority": 1,
        "reason": "Said in the call.",
    }


@pytest.fixture
def world(cast: SimpleNamespace) -> SimpleNamespace:
    """Thirty people; eight women with the lowest scores. Two coordinators; nothing about identity is approved yet."""
    cast.cohort.seats = SEATS
    cast.cohort.save()
    second = person("second")
    join(second, cast.cohort, Role.COORDINATOR)
    call = make_call(cast.cohort)
    policy_actions.adopt(call=call, actor=cast.coordinator)
    people = fill_pool(call, PEOPLE)
    IdentityAnswer.objects.filter(question="gender").delete()
    IdentityAnswer.objects.bulk_create(
        [
            IdentityAnswer(application=one, question="gender", code="woman" if n < WOMEN else "man")
            for n, one in enumerate(people)
        ]
    )
    Consent.objects.bulk_create(
        [
            Consent(application=one, kind=approvals.CONSENT, given=True, notice_version="1", locale="en")
            for one in people
        ]
    )
    for n, one in enumerate(people):
        CriterionScore.objects.filter(review__application=one).update(level=2 if n < WOMEN else 3 + n % 3)
    targets_actions.save_rules(call=call, actor=cast.coordinator, org_cap=0, org_cap_hard=False, lottery_seed="seed")
    return SimpleNamespace(
        cast=cast, call=call, second=second, people=people, women={str(one.pk) for one in people[:WOMEN]}
    )


@pytest.fixture
def used(world: SimpleNamespace) -> SimpleNamespace:
    """The same, with gender approved and a floor of three women."""
    approve(world)
    two(
        world,
        policy_actions.change_target(
            call=world.call,
            target=None,
            factor="gender",
            fields=fields(["woman"], 3),
            reason="r",
            actor=world.cast.coordinator,
        ),
    )
    return world


def worked_out(world: SimpleNamespace) -> Proposal:
    proposal = proposals_actions.ask(call=world.call, actor=world.cast.coordinator)
    run_proposal(str(proposal.pk))
    for one in Explanation.objects.filter(proposal=proposal, state="asked"):
        run_explanation(str(one.pk))
    proposal.refresh_from_db()
    return proposal


def women_in(world: SimpleNamespace, proposal: Proposal) -> int:
    return len(world.women & set(proposal.cohort))


# ---------------------------------------------------------------- it counts, as applicants are told


def test_what_is_approved_counts_and_without_it_nothing_does(world):
    before = worked_out(world)
    assert (women_in(world, before), before.sealed) == (0, {})
    approve(world)
    two(
        world,
        policy_actions.change_target(
            call=world.call,
            target=None,
            factor="gender",
            fields=fields(["woman"], 3),
            reason="r",
            actor=world.cast.coordinator,
        ),
    )
    after = worked_out(world)
    assert women_in(world, after) == 3
    assert (after.state, after.proved, after.sealed["counted"], after.sealed["gap"]) == ("done", True, True, False)
    assert history.of(after).get(verb="proposal.asked").details["identity_factors"] == ["gender"]


def test_the_group_moves_when_an_answer_moves(used):
    before = worked_out(used)
    chosen = sorted(used.women & set(before.cohort))
    IdentityAnswer.objects.filter(question="gender", application__in=chosen).update(code="man")
    IdentityAnswer.objects.filter(question="gender", application__in=[p.pk for p in used.people[-3:]]).update(
        code="woman"
    )
    after = worked_out(used)
    assert used.women & set(after.cohort) == set()
    assert len({str(p.pk) for p in used.people[-3:]} & set(after.cohort)) == 3


def test_a_floor_that_cannot_be_met_is_told_as_one_bit(used):
    target = Target.objects.get(factor="gender")
    two(
        used,
        policy_actions.change_target(
            call=used.call,
            target=target,
            factor="gender",
            fields=fields(["woman"], 6),
            reason="r",
            actor=used.cast.coordinator,
        ),
    )
    Consent.objects.filter(application__in=list(used.women)[:3]).update(given=False)  # five are left
    found = worked_out(used)
    assert (women_in(used, found), found.sealed["gap"]) == (5, True)
    assert "A gap stays open there." in signed_in(used.cast.coordinator).get(page(found)).content.decode()


# ---------------------------------------------------------------- the rule is in the statement itself


def _no_yes(world: SimpleNamespace) -> None:
    Consent.objects.bulk_create(
        [
            Consent(application=one, kind=approvals.CONSENT, given=False, notice_version="1", locale="en")
            for one in world.people
        ]
    )


def _policy_changed(world: SimpleNamespace) -> None:
    two(
        world,
        policy_actions.choose_policy(
            call=world.call, factor="gender", policy="monitor", reason="r", actor=world.cast.coordinator
        ),
    )


def _profile_changed(world: SimpleNamespace) -> None:
    two(
        world,
        policy_actions.choose_profile(
            call=world.call, profile="us_federal_funds", approver="D", reason="r", actor=world.cast.coordinator
        ),
    )


def _until_yesterday(**which: str) -> None:
    """As if time had passed for this approval alone. The database lets nobody edit it; its owner can stop it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE applications_rulechange DISABLE TRIGGER USER")
        RuleChange.objects.filter(**which).update(counsel_until=TODAY - dt.timedelta(2))
        cursor.execute("ALTER TABLE applications_rulechange ENABLE TRIGGER USER")


def _run_out(world: SimpleNamespace) -> None:
    _until_yesterday(factor="gender")


def _profile_run_out(world: SimpleNamespace) -> None:
    _until_yesterday(kind="profile")


def _row_alone(world: SimpleNamespace) -> None:
    """Somebody writes the policy into the table without the change that two people make."""
    RuleChange.objects.filter(factor="gender").delete()


def _policy_gone(world: SimpleNamespace) -> None:
    FactorPolicy.objects.filter(factor="gender").delete()


@pytest.mark.parametrize(
    "broken", [_no_yes, _policy_changed, _profile_changed, _run_out, _profile_run_out, _row_alone, _policy_gone]
)
def test_nothing_is_read_when_one_part_of_the_approval_is_missing(used, broken, monkeypatch):
    read: list[int] = []
    inner = identity._ticked
    monkeypatch.setattr(identity, "_ticked", lambda *a: read.append(len(found := inner(*a))) or found)
    proposal = proposals_actions.ask(call=used.call, actor=used.cast.coordinator)  # asked while it was approved
    with CaptureQueriesContext(connection) as asked:
        run_proposal(str(proposal.pk))
    assert [q for q in asked if "identityanswer" in q["sql"]] != []  # the statement ran; what it found:
    assert read == [PEOPLE]
    proposals_actions.Proposal.objects.filter(pk=proposal.pk).update(state="queued")
    broken(used)
    run_proposal(str(proposal.pk))
    assert read == [PEOPLE, 0]
    proposal.refresh_from_db()
    assert (women_in(used, proposal), proposal.sealed["counted"]) == (0, False)


def test_a_factor_that_is_not_approved_never_comes_back_whatever_is_asked_for(used):
    known = targets_queries.factors(used.call)
    assert {f for mine in _read(used, known).values() for f in mine} == {"gender"}
    assert IdentityAnswer.objects.filter(question="race_ethnicity").count() == PEOPLE


def _read(world: SimpleNamespace, known: dict[str, Any]) -> Any:
    with pretending_to_be_the_worker():
        return identity._ticked(Call.objects.get(), known, [one.pk for one in world.people])


def pretending_to_be_the_worker() -> Any:
    from contextlib import contextmanager

    @contextmanager
    def inside() -> Any:
        from celery._state import _task_stack

        _task_stack.push(run_proposal)
        try:
            yield
        finally:
            _task_stack.pop()

    return inside()


def test_nobody_but_the_worker_opens_the_drawer(used):
    proposal = proposals_actions.ask(call=used.call, actor=used.cast.coordinator)
    with pytest.raises(identity.SealedError):
        proposals_actions.work_out(str(proposal.pk))  # not as a task
    proposal.refresh_from_db()
    assert (proposal.state, proposal.cohort) == ("failed", [])


def test_only_three_modules_can_read_who_answered_what_for_others_than_the_writer():
    """The steward's totals, this door, and which rows are due to go. Everybody else cannot even name the table."""
    allowed = {
        "apply.answers",
        "apply.store",
        "apply.data_export",
        "records.identity_totals.queries",
        "representation.pool.identity",
        "retention.queries",
        "form_editor.queries",
        "demo.apply",
        "demo.scale.rows",
    }  # own copies, keeping, invented people
    home = Path(applications.__file__).parent
    code = {".".join(file.relative_to(home).with_suffix("").parts): file.read_text() for file in home.rglob("*.py")}
    found = {name for name, text in code.items() if "IdentityAnswer" in text}
    assert {name for name in found if not name.startswith(("models.", "migrations."))} == allowed
    assert {name for name, text in code.items() if "identity.of(" in text or "identity.widened(" in text} == {
        "representation.proposals.explain",
        "representation.proposals.actions",
    }


# ---------------------------------------------------------------- consent


def test_taking_the_answers_back_takes_them_out_of_the_next_proposal(used):
    assert women_in(used, worked_out(used)) == 3
    for one in used.people[:3]:
        store.drop(one, "identity")
    later = worked_out(used)
    assert {str(p.pk) for p in used.people[:3]} & set(later.cohort) == set()
    assert women_in(used, later) == 3
    for one in used.people[3:4]:
        store.drop(one, "identity")
    last = worked_out(used)  # four women are left who say so: too few to count
    assert (women_in(used, last), last.sealed["why"]) == (0, "people")


# ---------------------------------------------------------------- no seat points to a person


def test_with_few_free_seats_it_does_not_count(used):
    for one in used.people[-2:]:
        targets_actions.pin(application=one, inside=True, reason="r", actor=used.cast.coordinator)
    found = worked_out(used)
    assert (women_in(used, found), found.sealed["why"], found.sealed["counted"]) == (0, "seats", False)
    assert "so few seats or people were free" in signed_in(used.cast.coordinator).get(page(found)).content.decode()


def test_pinning_most_people_out_does_not_make_it_tell_about_the_rest(used):
    for one in used.people[11:]:
        targets_actions.pin(application=one, inside=False, reason="r", actor=used.cast.coordinator)
    assert worked_out(used).sealed["why"] == "seats"


@pytest.mark.parametrize(("count", "counts"), [(4, False), (5, True), (25, True), (26, False)])
def test_a_group_counts_only_between_five_and_all_but_five(used, count, counts):
    codes = ["woman"] * count + ["man"] * (PEOPLE - count)
    for one, code in zip(used.people, codes, strict=True):
        IdentityAnswer.objects.filter(application=one, question="gender").update(code=code)
    assert worked_out(used).sealed["counted"] is counts


# ---------------------------------------------------------------- nothing comes out


def stored(proposal: Proposal, *more: Any) -> str:
    """Everything that is kept about a proposal, without what differs from run to run."""
    data = json.loads(serializers.serialize("json", [proposal, *more]))
    for row in data:
        row.pop("pk")
        for name in ("seconds", "started_at", "finished_at", "asked_at", "seen_at", "input_hash", "proposal", "number"):
            row["fields"].pop(name, None)
        for stage in row["fields"].get("stages", []):
            stage.pop("seconds")
    return json.dumps(data, sort_keys=True)


def test_two_worlds_with_the_same_group_are_stored_alike(used):
    """Who is not chosen may be anybody: the rows are the same, byte for byte, and only the keyed hash differs."""
    first = worked_out(used)
    before = stored(first, *first.explanations.order_by("key"))
    outside = [one for one in used.people[WOMEN:] if str(one.pk) not in first.cohort][:2]
    IdentityAnswer.objects.filter(application__in=outside, question="gender").update(code="nonbinary")
    again = worked_out(used)
    assert (again.number, again.cohort) == (2, first.cohort)
    assert stored(again, *again.explanations.order_by("key")) == before
    outside = [one for one in used.people[:WOMEN] if str(one.pk) not in first.cohort][:2]
    IdentityAnswer.objects.filter(application__in=outside, question="gender").update(code="man")
    last = worked_out(used)
    assert (last.cohort, stored(last)) == (first.cohort, stored(first))
    assert len({first.input_hash, last.input_hash, selection.parse(first.problem).digest()}) == 3
    assert "gender" not in json.dumps([first.problem, first.vector, first.stages])
    assert [row for row in history.of(first) if "woman" in json.dumps(row.details, default=str)] == []


def test_what_is_stored_shows_the_open_targets_alone(used):
    two(
        used,
        policy_actions.change_target(
            call=used.call,
            target=None,
            factor="geography",
            fields=fields(["snohomish"], 2),
            reason="r",
            actor=used.cast.coordinator,
        ),
    )
    found = worked_out(used)
    assert women_in(used, found) == 3
    shown = selection.parse(found.problem)
    assert found.vector == selection.evaluate(shown, found.cohort)
    assert {t.factor for t in shown.targets} == {"geography"}
    assert {frozenset(stage) for stage in found.stages} == {frozenset({"name", "proved", "seconds"})}
    others = Explanation.objects.get(proposal=found, key="alternatives").answer["cohorts"]
    assert others != []
    for other in others:
        assert other["vector"] == selection.evaluate(shown, other["cohort"])
        assert len(set(other["cohort"]) - set(found.cohort)) >= proposals_explain.LEAST_APART
        assert len(used.women & set(other["cohort"])) == 3  # the same floors, identity too


def test_no_reason_for_one_person_and_no_price_of_balance(used):
    found = worked_out(used)
    assert set(Explanation.objects.values_list("key", flat=True)) == {"alternatives"}
    for key in (f"why:{found.cohort[0]}", f"why:{used.people[-1].pk}", "frontier"):
        with pytest.raises(NotPossible, match="what one person ticked"):
            proposals_explain.ask(proposal=found, key=key, actor=used.cast.coordinator)
    client = signed_in(used.cast.coordinator)
    words = client.get(page(found)).content.decode()
    assert "No floor that is shown here rests on this application alone." in words
    assert "No gap is open there." in words
    assert "Gender: approved by Pat Lee" in words
    assert 'id="frontier"' not in words
    number = (
        used.people[0].number
        if str(used.people[0].pk) in found.cohort
        else next(one.number for one in used.people if str(one.pk) in found.cohort)
    )
    other = next(one.number for one in used.people if str(one.pk) not in found.cohort)
    effect = client.get(page(found, f"change/?out={number}&into={other}")).content.decode()
    assert "would say something about one person" in effect
    assert "No gap opens." in effect  # of the targets that are shown


def test_a_group_made_by_hand_is_not_judged(used):
    base = worked_out(used)
    swapped = [*sorted(base.cohort)[1:], next(str(p.pk) for p in used.people if str(p.pk) not in base.cohort)]
    kept = scenarios.keep(base=base, cohort=swapped, origin="hand", actor=used.cast.coordinator)
    assert (kept.sealed["gap"], kept.sealed["why"]) == (None, "hand")
    words = signed_in(used.cast.coordinator).get(page(kept)).content.decode()
    assert "Nobody looks at them for a group that a person made" in words


def page(proposal: Proposal, rest: str = "") -> str:
    return f"/calls/north-call/board/proposals/{proposal.number}/{rest}"


# ---------------------------------------------------------------- every page, every role


@pytest.mark.parametrize("role", ["coordinator", "screener", "superuser", "facilitator", "access"])
def test_no_page_reads_or_tells_an_answer_while_the_factor_counts(used, role):
    found = worked_out(used)
    assert women_in(used, found) == 3
    IdentityAnswer.objects.filter(question="gender", application=used.people[0]).update(own_words="canary-own-words")
    assert IdentityAnswer.objects.filter(own_words="canary-own-words").exists()
    Proposal.objects.filter(pk=found.pk).update(note="seen-by-coordinators")
    user = getattr(used.cast, role)
    client, one = signed_in(user), used.people[0]
    where = addresses(
        {
            "slug": ["north-call"],
            "number": [found.number, one.number],
            "pk": [one.pk],
            "uuid": [one.pk],
            "int": [1],
            "factor": ["gender"],
            "key": ["alternatives"],
            "str": ["nothing"],
        }
    )
    leaks, readers, words = {}, {}, ""
    with CaptureQueriesContext(connection) as asked:
        for path in sorted(path for path in where if "north-call" in path or str(one.pk) in path):
            start = len(asked)
            status, text = said(client, path)
            words += text if status == 200 else ""
            if found_here := [piece for piece in ("canary-own-words", *CANARIES.values()) if piece in text]:
                leaks[path] = found_here
            read = [q["sql"] for q in asked.captured_queries[start:] if _reads_codes(q["sql"])]
            if read:
                readers[path] = read
    assert leaks == {}
    assert readers == {}
    assert ("seen-by-coordinators" in words) is (role == "coordinator")


def _reads_codes(sql: str) -> bool:
    """Whether a statement selects who ticked what (that rows exist at all, retention may count)."""
    return '"applications_identityanswer"."code"' in sql


# ---------------------------------------------------------------- who may set it, and what the form must ask


def test_a_target_of_an_identity_factor_needs_the_approval_and_a_second_person(world):
    with pytest.raises(NotPossible, match="never used to choose"):
        policy_actions.change_target(
            call=world.call,
            target=None,
            factor="gender",
            fields=fields(["woman"], 3),
            reason="r",
            actor=world.cast.coordinator,
        )
    client = signed_in(world.cast.coordinator)
    assert client.get("/calls/north-call/board/factors/gender/new/").status_code == 404
    approve(world)
    Call.objects.update(state="draft")
    world.call.refresh_from_db()
    waits = policy_actions.change_target(
        call=world.call,
        target=None,
        factor="gender",
        fields=fields(["woman"], 3),
        reason="r",
        actor=world.cast.coordinator,
    )
    assert (waits.state, Target.objects.count()) == ("waiting", 0)
    two(world, waits)
    words = client.get("/calls/north-call/board/targets/").content.decode()
    assert "approved by Pat Lee" in words
    assert Target.objects.get().factor == "gender"
    with pytest.raises(NotPossible):
        policy_actions.change_target(
            call=world.call,
            target=None,
            factor="age",
            fields=fields(["a18"], 1),
            reason="r",
            actor=world.cast.coordinator,
        )


def test_the_ranges_of_a_region_come_with_the_approval(world):
    before = approvals.preset(world.call, targets_queries.factors(world.call))
    assert {row.factor for row in before.targets} & {"gender", "race_ethnicity"} == set()
    approve(world)
    after = approvals.preset(world.call, targets_queries.factors(world.call))
    rows = [(r.label, r.values, r.floor, r.ceiling) for r in after.targets if r.factor == "gender"]
    assert [row[1] for row in rows] == [("woman",), ("man",), ("nonbinary", "trans", "two_spirit")]
    assert {row.factor for row in after.targets} == {row.factor for row in before.targets} | {"gender"}
    Call.objects.update(state="draft")
    world.call.refresh_from_db()
    waits = policy_actions.take_preset(call=world.call, actor=world.cast.coordinator, reason="r")
    assert (waits.state, waits.needs_second) == ("waiting", True)


def test_a_form_that_does_not_ask_for_it_keeps_the_factor_out(world):
    version = world.call.form_versions.get()
    for section in version.definition["sections"]:
        section["questions"] = [q for q in section["questions"] if q["id"] != approvals.CONSENT]
    world.call.form_versions.create(number=version.number + 1, definition=version.definition, note="n")
    two(
        world,
        policy_actions.choose_profile(
            call=world.call,
            profile="counsel_approved",
            approver="D",
            reason="r",
            actor=world.cast.coordinator,
            counsel=LAWYER,
        ),
    )
    with pytest.raises(NotPossible, match="does not ask people"):
        policy_actions.choose_policy(
            call=Call.objects.get(),
            factor="gender",
            policy="selection",
            reason="r",
            actor=world.cast.coordinator,
            counsel=LAWYER,
        )


def test_applicants_are_asked_only_where_it_is_approved(world):
    writer = person("writer")
    now = timezone.now()
    Call.objects.update(state="open", opens_at=now - dt.timedelta(days=1), closes_at=now + dt.timedelta(days=9))
    mine = Application.objects.create(
        call=world.call, applicant=writer, number=900, state="draft", form_version=world.call.form_versions.get()
    )
    client, path = signed_in(writer), f"/applications/{mine.pk}/parts/consent/"
    asks = "You may also use my answers about identity when choosing"
    assert asks not in client.get(path).content.decode()
    client.post(path, {"consent_process": "yes", "base": 0})
    assert Consent.objects.filter(application=mine, kind=approvals.CONSENT).count() == 0
    approve(world)
    assert asks in client.get(path).content.decode()
    mine.refresh_from_db()
    base = mine.sections["consent"]["revision"]
    client.post(path, {"consent_process": "yes", "consent_choosing": "yes", "base": base})
    assert Consent.objects.filter(application=mine, kind=approvals.CONSENT).latest("at").given is True
    assert "may be used when choosing" in client.get("/calls/north-call/notice/").content.decode()
