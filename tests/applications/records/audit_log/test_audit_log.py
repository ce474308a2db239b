"""Who looked at what: every page of staff about an application or a call writes it down, and the history shows it."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone, translation

from applications.common import audit_labels
from applications.decisions import actions as decisions_actions
from applications.models import (
    Calibration,
    Call,
    EmployerConfirmation,
    Inquiry,
    Offer,
    Proposal,
    Recusal,
    Release,
    RuleChange,
)
from applications.review import actions as review_actions
from applications.review import states as review_states
from cohort.people import history
from cohort.people.models import HistoryEntry
from tests.applications.pool import make_application, make_call, make_screeners, score
from tests.applications.test_every_address import ids, world  # noqa: F401
from tests.applications.walk import addresses, patterns
from tests.conftest import join, signed_in

pytestmark = pytest.mark.django_db

#: Pages of the applications app that write nothing down, each with the reason.
UNWRITTEN: dict[str, str] = {
    **dict.fromkeys(
        (
            "calls",
            "call",
            "call_check",
            "call_questions",
            "call_questions_file",
            "call_notice",
            "inbox_ask",
            "inbox_asked",
            "chosen_by",
            "from_partner",
        ),
        "public: names no application",
    ),
    **dict.fromkeys(
        (
            "apply",
            "my_applications",
            "application",
            "application_part",
            "fit",
            "check_answers",
            "receipt",
            "resume",
            "copy",
            "copy_json",
            "forget",
            "withdraw",
            "form_changes",
            "new_questions",
            "information_answer",
            "offer",
            "offer_decline",
            "welcome",
        ),
        "the applicant's own",
    ),
    **dict.fromkeys(("employer", "employer_decline"), "what the employer says, by a link of their own"),
    **dict.fromkeys(
        (
            "call_manage",
            "call_open",
            "call_close",
            "call_extend",
            "call_create",
            "call_page",
            "call_page_words",
            "call_page_dates",
            "page_line",
            "page_line_remove",
            "page_line_new",
            "page_own",
            "letter_texts",
            "letter_text",
            "inbox",
            "inbox_question",
            "inbox_entry",
            "partners",
            "partner",
            "partner_qr",
            "call_page_spanish",
        ),
        "the call itself: its page, letters, links and what the public asks; names no application",
    ),
    **dict.fromkeys(
        (
            "form_editor",
            "form_discard",
            "form_publish",
            "form_version",
            "form_part_new",
            "form_part",
            "form_part_words",
            "form_part_remove",
            "form_part_preview",
            "form_question_new",
            "form_question",
            "form_question_remove",
            "form_tongues",
            "form_tongue",
        ),
        "the form: names no application",
    ),
    **dict.fromkeys(
        (
            "targets",
            "targets_preset",
            "target_remove",
            "factor_policy",
            "target_new",
            "target",
            "policy",
            "policy_law",
            "policy_profile",
            "policy_suggestions",
            "policy_factor",
            "rule_change",
            "policy_record",
            "export_dictionary",
            "export_dictionary_file",
        ),
        "rules and what they mean: names no application",
    ),
    **dict.fromkeys(("proposal_status",), "how far the work is, asked every second by a page that was written down"),
    **dict.fromkeys(("comment_edit", "comment_remove"), "one's own comment"),
    **dict.fromkeys(("reading_index", "decisions_index", "needs_index"), "leads to pages that are written down"),
    **dict.fromkeys(("screening", "about_me"), "the reader's own list and ties; each paper is written down"),
    "organization_merge": "what a merge would do; the merge is written down, and organizations are not identity",
}


def entries() -> int:
    return HistoryEntry.objects.count()


def opened(client: Any, path: str, **kw: Any) -> int:
    before = entries()
    assert client.get(path, **kw).status_code == 200, path
    return entries() - before


@pytest.fixture
def everywhere(world: SimpleNamespace) -> SimpleNamespace:  # noqa: F811
    """The one application of the walk, with a proposal, and somebody with every role of staff."""
    call = world.call
    Proposal.objects.create(call=call, number=187, state="queued", problem={}, input_hash="x")
    for role in ("steward", "access"):
        join(world.cast.coordinator, call.cohort, role)
    return world


def test_every_page_of_staff_about_an_application_or_a_call_is_written_down(everywhere: SimpleNamespace) -> None:
    """Every address of the app, from the resolver: it writes an entry, is not a page, or stands in the list above."""
    call, put_in = everywhere.call, ids(everywhere) | {"decision": [everywhere.decision.pk]}
    put_in["slug"] = [call.slug, call.cohort.slug]
    people = [signed_in(everywhere.cast.coordinator), signed_in(everywhere.cast.screener)]
    names = {name for name, _converters in patterns() if name.startswith("applications:")}
    paths = addresses(put_in)
    silent, loud = set(), set()
    for path in sorted(paths):
        name = resolve(path).view_name
        if name not in names:
            continue
        short = name.removeprefix("applications:")
        for client in people:
            before = entries()
            if client.get(path).status_code == 200:
                (loud if entries() > before else silent).add(short)
    assert silent - loud - set(UNWRITTEN) == set()
    assert loud & set(UNWRITTEN) == set()
    must = {
        "decision",
        "letter",
        "reading_paper",
        "desk",
        "decisions",
        "board",
        "proposal",
        "exports",
        "release",
        "release_new",
        "offers",
        "reading",
        "identity_totals",
        "needs",
        "example",
        "application_history",
        "call_history",
        "offer_replace",
        "organizations",
        "pool",
        "outreach",
        "board_compare",
        "board_rules",
        "draft_decisions",
        "calibration",
        "proposal_why",
        "information_ask",
    }
    assert must - loud == set()


def test_the_list_of_pages_that_write_nothing_names_real_pages_only() -> None:
    names = {name.removeprefix("applications:") for name, _ in patterns() if name.startswith("applications:")}
    assert set(UNWRITTEN) - names == set()


def test_a_look_counts_once_in_ten_minutes_per_person_page_and_thing(cast: SimpleNamespace, monkeypatch: Any) -> None:
    call = make_call(cast.cohort)
    one, two = make_application(call, 1), make_application(call, 2)
    begin = timezone.now()
    at = {"now": begin}
    monkeypatch.setattr(history.timezone, "now", lambda: at["now"])

    def look(thing: Any = one, page: str = "decision", who: Any = cast.coordinator) -> None:
        history.seen(thing, page=page, actor=who, cohort=call.cohort)

    look()
    look()
    assert entries() == 1
    look(thing=two)
    look(page="letter")
    look(who=cast.screener)
    assert entries() == 4
    at["now"] = begin + history.ONE_LOOK - timedelta(seconds=1)
    look()
    assert entries() == 4
    at["now"] = begin + history.ONE_LOOK + timedelta(seconds=1)
    look()
    look()
    assert [(e.actor_id, e.at) for e in history.of(one).filter(details__page="decision")] == [
        (cast.coordinator.pk, begin),
        (cast.screener.pk, begin),
        (cast.coordinator.pk, at["now"]),
    ]


def test_a_look_is_one_statement(cast: SimpleNamespace) -> None:
    call = make_call(cast.cohort)
    for _turn in range(2):
        with CaptureQueriesContext(connection) as ran:
            history.seen(call, page="board", actor=cast.coordinator, cohort=call.cohort)
        assert len(ran) == 1


def test_the_history_of_an_application_says_who_looked_scored_and_decided(cast: SimpleNamespace) -> None:
    call = make_call(cast.cohort)
    application = make_application(call, 7)
    (reader,) = make_screeners(cast.cohort, 1)
    review = score(application, reader, 4, state="started", shared_comment="Word-canary")
    review_actions.open_desk(review=review, actor=reader)
    review_states.move_review(review, "submitted", actor=reader, verb="review.submitted")
    decisions_actions.decide(
        application=application,
        actor=cast.coordinator,
        choice=decisions_actions.Choice("waitlist", "ORG_LIMIT", "Note-canary"),
    )
    history.record("application.submitted", application, actor=application.applicant, cohort=call.cohort)
    client = signed_in(cast.coordinator)
    client.get(reverse("applications:decision", args=[call.slug, 7]))
    page = client.get(reverse("applications:application_history", args=[call.slug, 7]))
    rows = [(row.who, row.words) for row in page.context["rows"]]
    name = cast.coordinator.get_full_name()
    assert rows == [
        (name, "Looked at this history"),
        (name, "Looked at scores, comments and decisions"),
        ("The applicant", "Sent the application"),
        (name, "Drafted a decision: waiting list. Limit of people from one organization"),
        (reader.get_full_name(), "Sent scores"),
        (reader.get_full_name(), "Opened it at the screening desk"),
    ]
    words = page.content.decode()
    assert application.applicant.name not in words
    assert "canary" not in words
    looks = client.get(reverse("applications:application_history", args=[call.slug, 7]) + "?what=looks")
    assert {row.look for row in looks.context["rows"]} == {True}
    acts = client.get(reverse("applications:application_history", args=[call.slug, 7]) + "?what=acts")
    assert [row.words for row in acts.context["rows"]] == [
        words for _who, words in rows if "Looked" not in words and "Opened" not in words
    ]


def test_the_history_of_a_call_names_no_application(cast: SimpleNamespace) -> None:
    call = make_call(cast.cohort)
    application = make_application(call, 187)
    client = signed_in(cast.coordinator)
    for name in ("board", "decisions", "exports"):
        client.get(reverse(f"applications:{name}", args=[call.slug]))
    client.get(reverse("applications:decision", args=[call.slug, 187]))
    page = client.get(reverse("applications:call_history", args=[call.slug]))
    assert [row.words for row in page.context["rows"]] == [
        "Looked at this history",
        "Looked at the page of exports",
        "Looked at the list of decisions with scores",
        "Looked at the representation board",
    ]
    assert application.reference not in page.content.decode()


def test_a_look_at_a_proposal_or_a_release_says_which(cast: SimpleNamespace) -> None:
    call = make_call(cast.cohort)
    for number in (1, 2):
        Proposal.objects.create(
            call=call, number=number, state="cancelled", problem={}, input_hash="x", finished_at=timezone.now()
        )
    Release.objects.create(call=call, number=3, proposed_by=cast.coordinator)
    client = signed_in(cast.coordinator)
    for number in (1, 2):
        client.get(reverse("applications:proposal", args=[call.slug, number]))
    client.get(reverse("applications:release", args=[call.slug, Release.objects.get().pk]))
    page = client.get(reverse("applications:call_history", args=[call.slug]) + "?what=looks")
    assert [row.words for row in page.context["rows"]][1:] == [
        "Looked at release 3 and its letters",
        "Looked at proposal 2 and its reasons",
        "Looked at proposal 1 and its reasons",
    ]


def test_a_history_is_for_coordinators_without_a_tie(cast: SimpleNamespace) -> None:
    call = make_call(cast.cohort)
    application = make_application(call, 7)
    one, whole = (
        reverse("applications:application_history", args=[call.slug, 7]),
        reverse("applications:call_history", args=[call.slug]),
    )
    assert [signed_in(cast.coordinator).get(path).status_code for path in (one, whole)] == [200, 200]
    assert [signed_in(cast.screener).get(path).status_code for path in (one, whole)] == [403, 403]
    assert [signed_in(cast.stranger).get(path).status_code for path in (one, whole)] == [404, 404]
    assert [signed_in(application.applicant).get(path).status_code for path in (one, whole)] == [404, 404]
    review_actions.step_aside(application=application, person=cast.coordinator, kind="family", by=cast.coordinator)
    assert [signed_in(cast.coordinator).get(path).status_code for path in (one, whole)] == [404, 200]
    assert Recusal.objects.filter(application=application).exists()


def test_a_history_takes_as_many_statements_for_one_entry_as_for_many(cast: SimpleNamespace) -> None:
    call = make_call(cast.cohort)
    application = make_application(call, 7)
    readers, client, counts = make_screeners(cast.cohort, 20), signed_in(cast.coordinator), []
    path = reverse("applications:application_history", args=[call.slug, 7])
    for few in (readers[:1], readers[1:]):
        for reader in few:
            review_actions.open_desk(review=score(application, reader, 3), actor=reader)
        with CaptureQueriesContext(connection) as ran:
            assert client.get(path).status_code == 200
        counts.append(len(ran))
    assert counts[0] == counts[1] <= 12


STATES = {
    "offer.": Offer.State,
    "release.": Release.State,
    "inquiry.": Inquiry.State,
    "call.rule_": RuleChange.State,
    "employer.": EmployerConfirmation.State,
    "call.": Call.State,
    "calibration.": Calibration.State,
}
#: Written about things that neither history shows.
ELSEWHERE = ("example.", "reader.", "welcome.", "access_needs.", "partner.", "call_question.", "form.")


def test_everything_that_the_app_writes_has_words() -> None:
    verbs: set[str] = set()
    for path in Path("applications").rglob("*.py"):
        if path.name.startswith("demo"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            verbs |= {k.value.value for k in node.keywords if k.arg == "verb" and isinstance(k.value, ast.Constant)}
            if isinstance(node.func, ast.Attribute) and ast.unparse(node.func) == "history.record":
                for first in ast.walk(node.args[0]):
                    if isinstance(first, ast.JoinedStr) and isinstance(first.values[0], ast.Constant):
                        start = first.values[0].value
                        verbs |= {f"{start}{state}" for state in STATES[start].values} if start in STATES else set()
                        assert start in STATES or start.startswith(ELSEWHERE), start
                    elif isinstance(first, ast.Constant) and str(first.value)[-1] not in "._" and "." in first.value:
                        verbs.add(first.value)
    assert len(verbs) > 80
    verbs -= {"call.rule_waiting"}  # a change starts as that; it is written as “call.rule_asked”
    keys = {
        key
        for verb in verbs
        if not verb.startswith(ELSEWHERE)
        for key in ([f"{verb}.yes", f"{verb}.no"] if verb in audit_labels.EITHER else [verb])
    }
    assert keys - set(audit_labels.VERBS) == set()


def test_words_never_fail_and_never_hide_an_entry() -> None:
    with translation.override("en"):
        for details in ({}, {"value": "nonsense", "reason": "NOT_A_CODE", "number": 3, "purpose": "x"}):
            for verb in (*audit_labels.VERBS, "application.seen", "form.moved", "quite.new"):
                assert audit_labels.said(HistoryEntry(verb=verb, details=details)) != ""
        for page in audit_labels.PAGES:
            assert "%(" not in audit_labels.said(HistoryEntry(verb="call.seen", details={"page": page}))
        assert audit_labels.said(HistoryEntry(verb="quite.new", details={})) == "quite.new"
