"""Groups that people keep, what they say to each other about them, and the drawings beside each other."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from applications import selection
from applications.common import call_forms
from applications.models import Explanation, Proposal, ProposalComment, Target
from applications.representation.proposals import actions as proposals_actions
from applications.representation.proposals import queries as proposals_queries
from applications.representation.proposals import scenarios
from applications.representation.proposals.matrix import percent
from applications.representation.proposals.tasks import run_explanation, run_proposal
from applications.representation.targets.region import population
from cohort.people.models import HistoryEntry, Role
from cohort.people.states import NotPossible
from tests.applications.representation.proposals.pool import choosing_call, fill_pool
from tests.conftest import join, person, signed_in
from tests.pages import flat


@pytest.fixture
def call(cast: SimpleNamespace) -> object:
    cast.cohort.seats = 5
    cast.cohort.save()
    found = choosing_call(cast.cohort, cast.coordinator)
    fill_pool(found, 16)
    return found


@pytest.fixture
def done(call: object, cast: SimpleNamespace) -> Proposal:
    proposal = proposals_actions.ask(call=call, actor=cast.coordinator)
    run_proposal(str(proposal.pk))
    proposal.refresh_from_db()
    run_explanation(str(proposal.explanations.get(key="alternatives").pk))
    return proposal


def swapped(call: object, done: Proposal) -> tuple[int, int, list[str]]:
    """Numbers out and in of a swap that breaks no rule, and the group after it."""
    problem = selection.parse(done.problem)
    for out in done.cohort:
        for found in selection.replacements(problem, done.cohort, out):
            numbers = dict(call.applications.values_list("pk", "number"))
            by_id = {str(pk): number for pk, number in numbers.items()}
            return by_id[out], by_id[found.id], sorted([*(one for one in done.cohort if one != out), found.id])
    raise AssertionError("no swap is possible in this pool")


def test_a_swap_is_kept_as_a_proposal_once(call: object, done: Proposal, cast: SimpleNamespace) -> None:
    out, into, group = swapped(call, done)
    client, base = signed_in(cast.coordinator), f"/calls/{call.slug}/board/proposals"
    for _ in range(2):
        client.post(f"{base}/1/keep/", {"out": out, "into": into})
    kept = Proposal.objects.get(number=2)
    assert (kept.origin, kept.base, kept.cohort, kept.proved) == ("hand", done, group, False)
    assert kept.vector == selection.evaluate(selection.parse(done.problem), group)
    assert Proposal.objects.count() == 2
    page = flat(client.get(f"{base}/2/").content.decode())
    assert "changed by hand, from proposal 1" in page
    assert "Put in by hand." in page
    assert "A person made this group, so nothing is proved about it." in page
    assert proposals_actions.ask(call=call, actor=cast.coordinator) == done  # the worked-out one stays the answer
    assert HistoryEntry.objects.filter(verb="proposal.kept").count() == 1


def test_an_alternative_is_kept_and_stands_beside_the_proposal(
    call: object, done: Proposal, cast: SimpleNamespace
) -> None:
    client, base = signed_in(cast.coordinator), f"/calls/{call.slug}/board"
    cohorts = Explanation.objects.get(proposal=done, key="alternatives").answer["cohorts"]
    assert cohorts
    view = proposals_queries.shown(call, done)
    matrix = next(m for m in view.matrices(*view.beside) if m.factor == "geography")
    assert matrix.heads == ("This proposal", *(f"Group {n}" for n in range(1, len(cohorts) + 1)))
    for line in matrix.lines:
        assert len(line.counts) == 1 + len(cohorts)
        assert line.region.endswith("%")
    assert sum(line.counts[0] for line in matrix.lines) <= 5
    client.post(f"{base}/proposals/1/keep/1/")
    kept = Proposal.objects.get(number=2)
    assert (kept.origin, kept.cohort) == ("chosen", sorted(cohorts[0]["cohort"]))
    assert client.post(f"{base}/proposals/1/keep/9/").status_code == 404
    page = client.get(f"{base}/compare/?a=2&b=1").content.decode()
    assert "Group 1 beside proposal 1" in page


def test_a_group_that_breaks_a_rule_is_not_kept(call: object, done: Proposal, cast: SimpleNamespace) -> None:
    with pytest.raises(NotPossible, match="breaks a rule"):
        scenarios.keep(base=done, cohort=done.cohort[:3], origin="hand", actor=cast.coordinator)
    with pytest.raises(NotPossible, match="same group"):
        scenarios.keep(base=done, cohort=done.cohort, origin="hand", actor=cast.coordinator)
    with pytest.raises(NotPossible, match="not in the pool"):
        scenarios.keep(base=done, cohort=[*done.cohort[:4], "somebody"], origin="hand", actor=cast.coordinator)
    assert Proposal.objects.count() == 1


def test_the_database_refuses_a_proof_for_a_group_made_by_hand(done: Proposal) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=done.pk).update(origin="hand")


def test_comments_make_threads_and_only_their_author_changes_them(
    call: object, done: Proposal, cast: SimpleNamespace
) -> None:
    other = person("second-coordinator@example.org")
    join(other, cast.cohort, Role.COORDINATOR)
    mine, theirs = signed_in(cast.coordinator), signed_in(other)
    base = f"/calls/{call.slug}/board/proposals/1"
    mine.post(f"{base}/comments/", {"words": "More islands would be good."})
    top = ProposalComment.objects.get()
    theirs.post(f"{base}/comments/", {"words": "Then Skagit loses one.", "to": str(top.pk)})
    answer = ProposalComment.objects.get(parent=top)
    mine.post(f"{base}/comments/", {"words": "Skagit would still have two.", "to": str(answer.pk)})
    assert ProposalComment.objects.filter(parent=top).count() == 2  # an answer to an answer stays in its thread
    page = theirs.get(f"{base}/").content.decode()
    assert page.index("More islands would be good.") < page.index("Then Skagit loses one.")

    assert theirs.get(f"{base}/comments/{top.pk}/").status_code == 404
    assert theirs.post(f"{base}/comments/{top.pk}/remove/").status_code == 404
    with pytest.raises(NotPossible):
        scenarios.edit_comment(comment=top, actor=other, words="Changed by somebody else")
    mine.post(f"{base}/comments/{top.pk}/", {"words": "Two more islands would be good."})
    top.refresh_from_db()
    assert (top.words, top.edited_at is not None) == ("Two more islands would be good.", True)
    assert "Take your comment back?" in mine.get(f"{base}/comments/{top.pk}/remove/").content.decode()
    mine.post(f"{base}/comments/{top.pk}/remove/")
    page = theirs.get(f"{base}/").content.decode()
    assert "Two more islands" not in page
    assert "This comment was taken back." in page
    assert "Then Skagit loses one." in page
    assert not [e for e in HistoryEntry.objects.all() if "islands" in str(e.details)]  # words stay out of history


def test_empty_comments_are_not_kept(call: object, done: Proposal, cast: SimpleNamespace) -> None:
    page = signed_in(cast.coordinator).post(f"/calls/{call.slug}/board/proposals/1/comments/", {"words": "  "})
    assert "Write something first." in page.content.decode()
    assert ProposalComment.objects.count() == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        ProposalComment.objects.create(proposal=done, author=cast.coordinator, words="")


def test_comments_and_kept_groups_are_for_coordinators_of_this_cohort(
    call: object, done: Proposal, cast: SimpleNamespace
) -> None:
    said = scenarios.comment(proposal=done, actor=cast.coordinator, words="A word among coordinators")
    base = f"/calls/{call.slug}/board/proposals/1"
    assert "A word among coordinators" in signed_in(cast.coordinator).get(f"{base}/").content.decode()
    for who, status in ((cast.screener, 403), (cast.stranger, 404)):
        client = signed_in(who)
        assert client.get(f"{base}/").status_code == status
        assert client.get(f"{base}/comments/{said.pk}/").status_code == status
        for address in (f"{base}/comments/", f"{base}/keep/", f"{base}/keep/1/", f"{base}/comments/{said.pk}/remove/"):
            assert client.post(address, {"words": "x"}).status_code == status


def test_a_change_comes_as_a_piece_of_the_page(call: object, done: Proposal, cast: SimpleNamespace) -> None:
    out, into, _group = swapped(call, done)
    client, base = signed_in(cast.coordinator), f"/calls/{call.slug}/board/proposals/1/change/"
    piece = client.get(f"{base}?out={out}&into={into}", headers={"X-Part": "effect"}).content.decode()
    assert "<html" not in piece
    assert "Keep this group as a proposal" in piece
    whole = client.get(f"{base}?out={out}&into={into}").content.decode()
    assert "<html" in whole
    assert f"{out:04d} out, {into:04d} in" in whole
    wrong = client.get(f"{base}?out={into}&into={out}", headers={"X-Part": "effect"}).content.decode()
    assert "This application is not in the proposal." in wrong


def test_pages_with_a_thousand_applications_take_ten_statements(
    call: object, done: Proposal, cast: SimpleNamespace
) -> None:
    fill_pool(call, 984, start=100, seed=2)
    out, into, _group = swapped(call, done)
    client, base = signed_in(cast.coordinator), f"/calls/{call.slug}/board"
    client.post(f"{base}/proposals/1/keep/", {"out": out, "into": into})
    for _ in range(20):
        scenarios.comment(proposal=done, actor=cast.coordinator, words="Something")
    pages = ("/", "/compare/?a=2&b=1", "/proposals/1/", "/proposals/2/", f"/proposals/1/change/?out={out}&into={into}")
    for page in pages:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"{base}{page}").status_code == 200
        assert len(asked) <= 10, (page, [q["sql"][:90] for q in asked])


def test_shares_in_words() -> None:
    assert [percent(share) for share in (0, 0.015, 0.02, 0.633, 1)] == ["0%", "1.5%", "2%", "63%", "100%"]


def test_every_factor_with_a_count_of_the_region_stands_beside_it(cast: SimpleNamespace) -> None:
    """Places and rural places have a count; kinds of organizations have none, and nothing is drawn for them."""
    call = choosing_call(cast.cohort, cast.coordinator)
    rows = list(Target.objects.filter(call=call))
    shares = population(call, rows)
    known = call_forms.region("nw_washington")
    assert shares["rurality", "rural_island_reservation_town"] == known["rurality"]["rural"]
    assert shares["geography", "island"] == pytest.approx(0.070)
    assert {factor for factor, _code in shares} == {"geography", "rurality"}
    town = Target(call=call, factor="rurality", code="town", values=["town"])  # the Census has no such count
    city = Target(call=call, factor="rurality", code="city_suburb", values=["city", "suburb"])
    assert population(call, [town, city]) == {("rurality", "city_suburb"): 1 - known["rurality"]["rural"]}


def test_the_proposal_draws_the_region_for_each_of_them_and_says_what_it_is(cast: SimpleNamespace) -> None:
    call = choosing_call(cast.cohort, cast.coordinator)
    fill_pool(call, 20)
    proposal = proposals_actions.ask(call=call, actor=cast.coordinator)
    run_proposal(str(proposal.pk))
    proposal.refresh_from_db()
    found = {m.factor: m for m in proposals_queries.shown(call, proposal).matrices()}
    assert {name for name, matrix in found.items() if matrix.has_region} == {"geography", "rurality"}
    rural = next(line for line in found["rurality"].lines if line.region)
    assert rural.region == "20%"
    assert "region" in [bar.kind for bar in rural.bars]
    assert found["rurality"].note.startswith("Region: the share of people who live in rural places")
    page = signed_in(cast.coordinator).get(f"/calls/{call.slug}/board/proposals/{proposal.number}/").content.decode()
    assert "Region: the share of people who live in rural places" in page
