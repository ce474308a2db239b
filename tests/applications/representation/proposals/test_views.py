"""The board's pages: who may open them, what they show, and what they never show."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.models import (
    Answer,
    Explanation,
    IdentityAnswer,
    KeepApart,
    Pin,
    Proposal,
    Recusal,
    RuleChange,
    SelectionRules,
)
from applications.representation.policy import actions as policy_actions
from applications.representation.proposals import actions as proposals_actions
from applications.representation.proposals import explain as proposals_explain
from applications.representation.proposals.tasks import run_explanation, run_proposal
from cohort.people.models import Role
from tests.applications.representation.proposals.pool import CANARIES, choosing_call, fill_pool
from tests.conftest import join, person, signed_in


@pytest.fixture
def call(cast: SimpleNamespace) -> object:
    cast.cohort.seats = 5
    cast.cohort.save()
    found = choosing_call(cast.cohort, cast.coordinator)
    fill_pool(found, 16)
    return found


@pytest.fixture
def done(call: object, cast: SimpleNamespace) -> Proposal:
    """A proposal with every question answered."""
    proposal = proposals_actions.ask(call=call, actor=cast.coordinator)
    run_proposal(str(proposal.pk))
    proposal.refresh_from_db()
    outside = next(a for a in call.applications.order_by("number") if str(a.pk) not in proposal.cohort)
    for key in (*proposals_explain.KINDS, f"why:{outside.pk}"):
        proposals_explain.ask(proposal=proposal, key=key, actor=cast.coordinator)
    for pk in Explanation.objects.filter(proposal=proposal, state="asked").values_list("pk", flat=True):
        run_explanation(str(pk))
    return proposal


def pages(call: object, proposal: Proposal) -> list[str]:
    base = f"/calls/{call.slug}/board"
    inside = call.applications.get(pk=proposal.cohort[0]).number
    outside = next(a.number for a in call.applications.order_by("number") if str(a.pk) not in proposal.cohort)
    target = call.targets.filter(factor="geography").first()
    return [
        f"{base}/",
        f"{base}/targets/",
        f"{base}/targets/preset/",
        f"{base}/rules/",
        f"{base}/compare/",
        f"/calls/{call.slug}/policy/factors/geography/",
        f"{base}/factors/geography/new/",
        f"{base}/factors/geography/{target.pk}/",
        f"{base}/proposals/{proposal.number}/",
        f"{base}/proposals/{proposal.number}/status/",
        f"{base}/proposals/{proposal.number}/why/",
        f"{base}/proposals/{proposal.number}/change/?out={inside}&into={outside}",
        f"{base}/proposals/{proposal.number}/change/?declined={inside}",
    ]


def test_only_coordinators_of_this_cohort_get_in(call: object, done: Proposal, cast: SimpleNamespace) -> None:
    coordinator, nobody = signed_in(cast.coordinator), Client()
    others = {role: (signed_in(getattr(cast, role)), 403) for role in set(Role.values) - {Role.COORDINATOR}} | {
        who: (signed_in(who), 404) for who in (cast.stranger, cast.applicant, cast.other_coordinator, cast.superuser)
    }
    for url in pages(call, done):
        assert coordinator.get(url).status_code == 200, url
        for who, (client, status) in others.items():
            assert client.get(url).status_code == status, (who, url)
        assert nobody.get(url).status_code == 302, url


def test_nothing_is_changed_by_others(call: object, done: Proposal, cast: SimpleNamespace) -> None:
    base, before = f"/calls/{call.slug}/board", Proposal.objects.count()
    number = call.applications.first().number
    posts = {
        f"{base}/ask/": {},
        f"{base}/targets/preset/": {},
        f"{base}/proposals/{done.number}/cancel/": {},
        f"{base}/proposals/{done.number}/note/": {"note": "mine"},
        f"{base}/proposals/{done.number}/why/": {"application": number},
        f"{base}/proposals/{done.number}/ask/core/": {},
        f"{base}/rules/": {"which": "pin", "application": number, "inside": "yes", "reason": "x"},
        f"/calls/{call.slug}/policy/factors/geography/": {"use": "no", "reason": "x"},
        f"{base}/targets/{call.targets.first().pk}/remove/": {},
    }
    targets = call.targets.count()
    for url, data in posts.items():
        assert signed_in(cast.screener).post(url, data).status_code == 403, url
        assert signed_in(cast.other_coordinator).post(url, data).status_code == 404, url
    done.refresh_from_db()
    assert (Proposal.objects.count(), Pin.objects.count(), call.targets.count(), done.note) == (before, 0, targets, "")


def test_identity_and_private_words_never_reach_a_page(call: object, done: Proposal, cast: SimpleNamespace) -> None:
    """They exist, and the rows are full of them; the board's pages and the stored problem hold none."""
    assert IdentityAnswer.objects.filter(code__in=CANARIES.values()).count() == 16 * len(CANARIES)
    assert Answer.objects.filter(value="Canary Fullname").count() == 16
    client = signed_in(cast.coordinator)
    for url in pages(call, done):
        text = client.get(url).content.decode()
        assert "canary" not in text.lower(), url
        assert "pool1@example.org" not in text, url
    done.refresh_from_db()
    stored = Proposal.objects.values_list("problem", "cohort", "stages").get(pk=done.pk)
    answers = Explanation.objects.filter(proposal=done).values_list("answer", flat=True)
    assert "canary" not in str([stored, list(answers)]).lower()


def test_the_board_shows_totals_and_never_one_person(call: object, done: Proposal, cast: SimpleNamespace) -> None:
    text = signed_in(cast.coordinator).get(f"/calls/{call.slug}/board/").content.decode()
    assert "16 applications could be chosen for 5 seats." in text
    assert "Snohomish County" in text
    assert not re.search(r"\b00(0[1-9]|1[0-6])\b", text.partition("<main")[2].partition("</main>")[0])


def test_a_proposal_says_who_is_in_and_why_by_number(call: object, done: Proposal, cast: SimpleNamespace) -> None:
    text = signed_in(cast.coordinator).get(f"/calls/{call.slug}/board/proposals/1/").content.decode()
    main = text.partition("Who is in, and why")[2].partition("Why is somebody not in?")[0]
    numbers = sorted(call.applications.filter(pk__in=done.cohort).values_list("number", flat=True))
    assert re.findall(r'<strong class="num">(\d{4})</strong>', main) == [f"{n:04d}" for n in numbers]
    assert main.count(" the ideal.") + main.count("gap would open") + main.count("lower.") >= len(numbers)
    assert "5 of 5 seats are filled." in text
    assert "Other good groups" in text


def test_the_board_takes_ten_statements_at_any_size(call: object, done: Proposal, cast: SimpleNamespace) -> None:
    client, counts = signed_in(cast.coordinator), []
    for start in (100, 300):
        client.get(f"/calls/{call.slug}/board/")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/calls/{call.slug}/board/")
        counts.append(len(asked))
        fill_pool(call, 30, start=start)
    assert counts[0] == counts[1] <= 10


def test_a_proposal_page_takes_the_same_statements_at_any_size(
    call: object, done: Proposal, cast: SimpleNamespace
) -> None:
    client, counts = signed_in(cast.coordinator), []
    for start in (100, 300):
        number = Proposal.objects.order_by("-number").first().number
        client.get(f"/calls/{call.slug}/board/proposals/{number}/")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/calls/{call.slug}/board/proposals/{number}/")
        counts.append(len(asked))
        fill_pool(call, 20, start=start)
        proposal = proposals_actions.ask(call=call, actor=cast.coordinator)
        run_proposal(str(proposal.pk))
    assert counts[0] == counts[1] <= 10


def test_asking_twice_leads_to_one_proposal_that_can_be_stopped(call: object, cast: SimpleNamespace) -> None:
    client, base = signed_in(cast.coordinator), f"/calls/{call.slug}/board"
    first = client.post(f"{base}/ask/")
    assert first.headers["Location"] == f"{base}/proposals/1/"
    assert client.post(f"{base}/ask/").headers["Location"] == f"{base}/proposals/1/"
    assert Proposal.objects.count() == 1
    page = client.get(f"{base}/proposals/1/").content.decode()
    assert '<noscript><meta http-equiv="refresh" content="4"></noscript>' in page
    assert "Stop working on it" in page
    assert client.get(f"{base}/proposals/1/status/").headers["X-Done"] == "no"
    assert client.post(f"{base}/proposals/1/cancel/").status_code == 302
    assert client.get(f"{base}/proposals/1/status/").headers["X-Done"] == "yes"
    assert "was stopped" in client.get(f"{base}/proposals/1/").content.decode()


def test_a_number_that_is_not_there_and_one_with_a_tie_are_refused(
    call: object, done: Proposal, cast: SimpleNamespace
) -> None:
    client, url = signed_in(cast.coordinator), f"/calls/{call.slug}/board/proposals/1/why/"
    assert "No sent application has this number." in client.post(url, {"application": "9999"}).content.decode()
    tied = call.applications.get(pk=done.cohort[0])
    hint = "You stay away from this application"
    assert hint not in client.get(f"/calls/{call.slug}/board/proposals/1/").content.decode()
    Recusal.objects.create(application=tied, person=cast.coordinator, kind="family")
    assert "You have a tie to this application" in client.post(url, {"application": tied.number}).content.decode()
    rules = client.post(
        f"/calls/{call.slug}/board/rules/",
        {"which": "pin", "application": tied.number, "inside": "yes", "reason": "friend"},
    )
    assert "You have a tie to this application" in rules.content.decode()
    assert not Pin.objects.exists()
    assert client.get(f"/calls/{call.slug}/board/proposals/1/").content.decode().count(hint) == 1


def test_pins_pairs_and_limits_are_typed_by_number(call: object, cast: SimpleNamespace) -> None:
    client, url = signed_in(cast.coordinator), f"/calls/{call.slug}/board/rules/"
    page = client.post(url, {"which": "pin", "application": "3", "inside": "yes", "reason": ""})
    assert page.status_code == 200
    assert not Pin.objects.exists()
    typed = {"which": "pin", "application": "0003", "inside": "no", "reason": "Asked to wait"}
    assert client.post(url, typed).status_code == 302
    pin = Pin.objects.get()
    assert (pin.application.number, pin.inside, pin.reason, pin.by) == (3, False, "Asked to wait", cast.coordinator)
    assert client.post(url, {"which": "apart", "first": "4", "second": "4", "why": "x"}).status_code == 200
    assert client.post(url, {"which": "apart", "first": "5", "second": "4", "why": "Manager"}).status_code == 302
    assert client.post(url, {"which": "apart", "first": "4", "second": "5", "why": "Manager"}).status_code == 200
    pair = KeepApart.objects.get()
    assert (pair.first.number, pair.second.number) == (4, 5)
    client.post(
        url,
        {
            "which": "limits",
            "org_cap": "2",
            "org_cap_hard": "yes",
            "lottery_seed": "Snohomish 2026",
            "reason": "As published.",
        },
    )
    second = person("second")
    join(second, call.cohort, "coordinator")
    policy_actions.agree(change=RuleChange.objects.get(kind="limits"), actor=second)
    rules = SelectionRules.objects.get(call=call)
    assert (rules.org_cap, rules.org_cap_hard, rules.lottery_seed) == (2, True, "Snohomish 2026")
    assert client.post(f"{url}pins/{pin.pk}/remove/").status_code == 302
    assert client.post(f"{url}apart/{pair.pk}/remove/").status_code == 302
    assert (Pin.objects.count(), KeepApart.objects.count()) == (0, 0)


def test_a_swap_shows_what_moves_and_changes_nothing(call: object, done: Proposal, cast: SimpleNamespace) -> None:
    client = signed_in(cast.coordinator)
    inside = call.applications.get(pk=done.cohort[0]).number
    outside = next(a.number for a in call.applications.order_by("number") if str(a.pk) not in done.cohort)
    base = f"/calls/{call.slug}/board/proposals/1/change/"
    page = client.get(f"{base}?out={inside}&into={outside}").content.decode()
    assert f"{inside:04d} out, {outside:04d} in" in page
    assert "gap opens." in page
    wrong = client.get(f"{base}?out={outside}&into={inside}").content.decode()
    assert "This application is not in the proposal." in wrong
    page = client.get(f"{base}?declined={inside}").content.decode()
    assert f"If {inside:04d} declines" in page
    assert Pin.objects.count() == 0


def test_two_proposals_stand_beside_each_other(call: object, done: Proposal, cast: SimpleNamespace) -> None:
    client, base = signed_in(cast.coordinator), f"/calls/{call.slug}/board"
    assert "There is nothing to compare yet" in client.get(f"{base}/compare/").content.decode()
    number = call.applications.get(pk=done.cohort[0]).number
    client.post(f"{base}/rules/", {"which": "pin", "application": number, "inside": "no", "reason": "Moves away"})
    client.post(f"{base}/ask/")
    run_proposal(str(Proposal.objects.get(number=2).pk))
    client.post(f"{base}/proposals/2/note/", {"note": "Without the one who moves"})
    page = client.get(f"{base}/compare/?a=2&b=1").content.decode()
    assert "Without the one who moves" in page
    assert re.search(rf"Only in proposal 2: [\d, and]+\. Only in proposal 1: .*{number:04d}", page)
    assert "the thin bar beside it is proposal 1" in page


def test_an_impossible_proposal_names_the_rules(call: object, cast: SimpleNamespace) -> None:
    client, base = signed_in(cast.coordinator), f"/calls/{call.slug}/board"
    for number in (1, 2):
        client.post(f"{base}/rules/", {"which": "pin", "application": number, "inside": "yes", "reason": "x"})
    client.post(f"{base}/rules/", {"which": "apart", "first": "1", "second": "2", "why": "x"})
    client.post(f"{base}/ask/")
    proposal = Proposal.objects.get()
    run_proposal(str(proposal.pk))
    run_explanation(str(Explanation.objects.get(proposal=proposal, key="core").pk))
    page = client.get(f"{base}/proposals/1/").content.decode()
    assert "0001 is pinned in" in page
    assert "0001 and 0002 are not both in" in page
