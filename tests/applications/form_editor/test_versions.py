"""A new version of an open call's form: who is told, and that nobody loses a word."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.apply import actions as apply_actions
from applications.apply import answers as apply_answers
from applications.common import call_forms, form_context
from applications.form_definition import edits
from applications.form_editor import actions as form_editor_actions
from applications.form_editor import queries as form_editor_queries
from applications.models import Answer, AnswerRevision, Application, Call, FormDraft, FormVersion, IdentityAnswer
from applications.review import blind_queries
from cohort.outbox.models import Message
from cohort.people import history
from cohort.people.models import User
from cohort.people.states import NotPossible
from tests.applications.apply.filled import POSTS, SECRETS, fill, open_call
from tests.applications.form_editor.posting import post_for
from tests.conftest import person, signed_in
from tests.pages import flat

ROOT = "/calls/north-call/form/"
ADDED = {"type": "textarea", "label": "Who else gains?", "visibility": "reviewer", "max_chars": 500}


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return open_call(cast.cohort)


@pytest.fixture
def draft(cast: SimpleNamespace, call: Call) -> Application:
    """Everything is written, and nothing is sent."""
    made = apply_actions.start(call=call, applicant=cast.applicant)
    fill(signed_in(cast.applicant), made)
    made.refresh_from_db()
    return made


@pytest.fixture
def sent(draft: Application) -> Application:
    apply_actions.send(application=draft, context=form_context.of_application(draft))
    draft.refresh_from_db()
    return draft


def edit(call: Call, how: Callable[[edits.Definition], edits.Definition]) -> None:
    form_editor_actions.change(call=call, actor=None, did="question_changed", thing="", how=how)


def publish(
    call: Call, actor: User, *hows: Callable[[edits.Definition], edits.Definition], note: str = "zq-note-why"
) -> FormVersion:
    for how in hows:
        edit(call, how)
    return form_editor_actions.publish(
        call=call, actor=actor, note=note, revision=FormDraft.objects.get(call=call).revision
    )


def add(part: str = "reflection", **more: Any) -> Callable[[edits.Definition], edits.Definition]:
    return lambda d: edits.add_question(d, part, {**ADDED, **more})[0]


def change(name: str, **changes: Any) -> Callable[[edits.Definition], edits.Definition]:
    return lambda d: edits.change_question(d, name, changes)


def remove(name: str) -> Callable[[edits.Definition], edits.Definition]:
    return lambda d: edits.remove_question(d, name)[0]


def options_without(name: str, code: str) -> Callable[[edits.Definition], edits.Definition]:
    def how(d: edits.Definition) -> edits.Definition:
        old = edits.find(d, name).question["options"]
        return edits.change_question(d, name, {"options": [o for o in old if o["code"] != code]})

    return how


def told() -> list[tuple[str, str]]:
    return sorted(Message.objects.filter(kind="form_changed").values_list("recipient__email", "key"))


# ---------------------------------------------------------------- publishing


def test_nobody_sees_a_draft_until_it_is_published(cast: SimpleNamespace, call: Call, draft: Application) -> None:
    client = signed_in(cast.applicant)
    signed_in(cast.coordinator).post(f"{ROOT}questions/q_change/", post_for(call, "q_change", {"q-label": "zq-new"}))
    pages = [f"/applications/{draft.pk}/parts/reflection/", "/calls/north-call/questions/"]
    for page in pages:
        assert "zq-new" not in client.get(page).content.decode()
    publisher = signed_in(cast.coordinator)
    page = publisher.get(f"{ROOT}publish/").content.decode()
    assert "zq-new" in page
    assert "It used to read:" in page
    assert "1 application moves to the new form." in page
    response = publisher.post(f"{ROOT}publish/", {"note": "Asked by three people.", "revision": "1"})
    assert response["Location"] == f"{ROOT}versions/2/"
    for page in pages:
        assert "zq-new" in client.get(page).content.decode()
    assert "Asked by three people." in publisher.get(f"{ROOT}versions/2/").content.decode()
    assert "first version" in publisher.get(f"{ROOT}versions/1/").content.decode()


def test_publishing_moves_drafts_and_leaves_what_was_sent(cast: SimpleNamespace, call: Call, sent: Application) -> None:
    other = apply_actions.start(call=call, applicant=cast.stranger)
    first = call.form_versions.get()
    second = publish(call, cast.coordinator, add())
    sent.refresh_from_db()
    other.refresh_from_db()
    assert (sent.form_version_id, other.form_version_id) == (first.pk, second.pk)
    assert told() == [(cast.stranger.email, f"form_changed:{other.pk}:2")]
    message = Message.objects.get(kind="form_changed")
    assert message.refs == {"application": str(other.pk), "version": str(second.pk)}
    entry = history.of(call).get(verb="call.form_published")
    assert (entry.details["moved"], entry.details["told"], entry.details["number"]) == (1, 1, 2)
    assert "zq-note-why" not in str(entry.details)
    assert FormDraft.objects.count() == 0


def test_only_a_new_question_that_must_be_answered_asks_sent_applications_again(
    cast: SimpleNamespace, call: Call, sent: Application
) -> None:
    publish(call, cast.coordinator, add(), change("q_change", label="Other words"), remove("pronouns"))
    assert (told(), form_editor_queries.asks_again(sent)) == ([], None)
    third = publish(call, cast.coordinator, add(label="And this?", required=True))
    assert told() == [(cast.applicant.email, f"form_changed:{sent.pk}:3")]
    assert form_editor_queries.asks_again(sent) == third.pk


def test_help_and_order_alone_bother_nobody(cast: SimpleNamespace, call: Call, draft: Application) -> None:
    publish(
        call, cast.coordinator, change("q_change", help="Other help"), lambda d: edits.move_question(d, "q_peers", -1)
    )
    assert told() == []
    draft.refresh_from_db()
    assert call_forms.form_of(draft.form_version_id).version == 2


@pytest.mark.parametrize("case", ["note", "revision", "state", "nothing", "same"])
def test_what_cannot_be_published_changes_nothing(cast: SimpleNamespace, call: Call, case: str) -> None:
    if case != "nothing":
        edit(call, add())
    if case == "same":
        edit(call, remove("q_who_else_gains"))
    if case == "state":
        Call.objects.filter(pk=call.pk).update(state="closed")
    with pytest.raises(NotPossible):
        form_editor_actions.publish(
            call=call,
            actor=cast.coordinator,
            note=" " if case == "note" else "why",
            revision=99 if case == "revision" else 2 if case == "same" else 1,
        )
    assert call.form_versions.count() == 1


def test_publishing_an_unsound_or_stale_form_says_so_on_the_page(cast: SimpleNamespace, call: Call) -> None:
    edit(call, add())
    client = signed_in(cast.coordinator)
    for post, words in (
        ({"note": "", "revision": "1"}, "This field is required."),
        ({"note": "why", "revision": "7"}, "Somebody changed the form since you looked"),
        ({"note": "why", "revision": "x"}, "Enter a whole number."),
    ):
        page = client.post(f"{ROOT}publish/", post)
        assert (page.status_code, words in page.content.decode()) == (200, True)
        assert 'name="revision" value="1"' in page.content.decode()
    assert call.form_versions.count() == 1


def test_the_database_wants_a_reason_for_later_versions(call: Call) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        FormVersion.objects.create(call=call, number=2, definition={})
    with pytest.raises(IntegrityError), transaction.atomic():
        FormVersion.objects.create(call=call, number=0, definition={})


def test_answers_that_no_longer_fit_are_counted_but_private_ones_are_not(
    cast: SimpleNamespace, call: Call, sent: Application
) -> None:
    for how in (
        options_without("sector_roles", "physical"),
        remove("pronouns"),
        options_without("gender", "woman"),
        change("q_peers", max_chars=5),
        change("q_authority", max_chars=500),
    ):
        edit(call, how)
    page = signed_in(cast.coordinator).get(f"{ROOT}publish/")
    found = {row.question.id: (row.drafts, row.sent, row.private) for row in page.context["impact"].unfit}
    assert found == {
        "pronouns": (0, 1, False),
        "sector_roles": (0, 1, False),
        "gender": (0, 0, True),
        "q_peers": (0, 1, False),
    }  # every answer to q_authority fits
    assert IdentityAnswer.objects.filter(application=sent, question="gender", code="woman").exists()
    assert "Private answers are not counted." in page.content.decode()


def test_publish_page_takes_the_same_statements_for_1_and_20(cast: SimpleNamespace, call: Call) -> None:
    edit(call, remove("pronouns"))
    client, counts = signed_in(cast.coordinator), []
    for n in (1, 20):
        for number in range(Application.objects.count(), n):
            made = apply_actions.start(call=call, applicant=person(f"many{number}"))
            Answer.objects.create(application=made, question="pronouns", value="she", visibility="staff")
        client.get(f"{ROOT}publish/")
        with CaptureQueriesContext(connection) as ran:
            client.get(f"{ROOT}publish/")
        counts.append(len(ran))
    assert counts[0] == counts[1] <= 12


# ---------------------------------------------------------------- applicants


def test_every_answer_is_kept_through_a_version_and_sending(
    cast: SimpleNamespace, call: Call, draft: Application
) -> None:
    before = apply_answers.held(draft, call_forms.form_of(draft.form_version_id))
    publish(
        call,
        cast.coordinator,
        remove("pronouns"),
        options_without("sector_roles", "physical"),
        change("q_peers", max_chars=5),
        add(required=True),
    )
    draft.refresh_from_db()
    form = call_forms.form_of(draft.form_version_id)
    held = apply_answers.held(draft, form)
    assert held["sector_roles"] == ["behavioral"]
    assert {k: v for k, v in held.items() if k not in ("sector_roles",)} == {
        k: v for k, v in before.items() if k != "sector_roles"
    }
    client = signed_in(cast.applicant)
    copy = client.get(f"/applications/{draft.pk}/copy.json").json()
    assert {row["id"]: row["answer"] for row in copy["answers to earlier versions of the form"]} == {
        "pronouns": "she",
        "sector_roles": ["physical", "behavioral"],
    }
    with pytest.raises(apply_actions.NotReadyError) as wants:
        apply_actions.send(application=draft, context=form_context.of_application(draft))
    assert [q.id for q in wants.value.parts["reflection"]] == ["q_peers", "q_who_else_gains"]
    client.post(
        f"/applications/{draft.pk}/parts/reflection/",
        {
            **POSTS["reflection"],
            "q_peers": "Data",
            "q_who_else_gains": "Families",
            "base": draft.sections["reflection"]["revision"],
            "form": str(draft.form_version_id),
        },
    )
    apply_actions.send(application=draft, context=form_context.of_application(draft))
    kept = {row.question: row.value for row in AnswerRevision.objects.filter(application=draft)}
    assert kept == {"pronouns": "she", "sector_roles": ["physical", "behavioral"]}
    assert Answer.objects.get(application=draft, question="sector_roles").value == ["behavioral"]


def test_a_page_opened_before_publishing_loses_nothing(cast: SimpleNamespace, call: Call, draft: Application) -> None:
    client, first = signed_in(cast.applicant), str(draft.form_version_id)
    page = flat(client.get(f"/applications/{draft.pk}/parts/reflection/").content.decode())
    assert f'name="form" value="{first}"' in page
    posted = {
        **POSTS["reflection"],
        "q_change": "zq-new-change",
        "q_learning": "zq-new-learning",
        "q_peers": "zq-new-peers",
        "base": draft.sections["reflection"]["revision"],
        "form": first,
    }
    publish(
        call,
        cast.coordinator,
        remove("q_learning"),
        change("q_peers", part="commitment"),
        change("conflict", part="reflection"),
        add(),
    )
    response = client.post(f"/applications/{draft.pk}/parts/reflection/", posted, follow=True)
    assert "The form changed while you were writing. Everything you wrote is kept." in response.content.decode()
    stored = dict(Answer.objects.filter(application=draft).values_list("question", "value"))
    assert [stored[q] for q in ("q_change", "q_learning", "q_peers")] == [
        "zq-new-change",
        "zq-new-learning",
        "zq-new-peers",
    ]
    assert stored["conflict"] == SECRETS["staff"]  # it stands on this page now, and was not on the page that was posted


def test_a_page_whose_part_was_taken_out_is_still_saved(cast: SimpleNamespace, call: Call, draft: Application) -> None:
    client, first = signed_in(cast.applicant), str(draft.form_version_id)
    publish(
        call, cast.coordinator, change("q_change", part="commitment"), lambda d: edits.remove_part(d, "reflection")[0]
    )
    posted = {
        **POSTS["reflection"],
        "q_change": "zq-late-words",
        "q_learning": "zq-gone-question",
        "base": draft.sections["reflection"]["revision"],
        "form": first,
    }
    address = f"/applications/{draft.pk}/parts/reflection/"
    saved = client.post(f"{address}autosave/", posted)
    assert saved.status_code == 200
    posted["base"] = saved.json()["revision"]
    assert client.post(address, {**posted, "q_learning": "zq-gone-again"})["Location"] == f"/applications/{draft.pk}/"
    assert Answer.objects.get(application=draft, question="q_change").value == "zq-late-words"
    assert Answer.objects.get(application=draft, question="q_learning").value == "zq-gone-again"
    assert client.get(address).status_code == 404
    for forged in ("x", "00000000-0000-0000-0000-000000000000", str(draft.pk)):
        assert client.post(address, {**posted, "form": forged}).status_code == 404


def test_too_long_by_a_new_limit_is_said_and_the_words_stay(
    cast: SimpleNamespace, call: Call, draft: Application
) -> None:
    client, first = signed_in(cast.applicant), str(draft.form_version_id)
    publish(call, cast.coordinator, change("q_change", max_chars=10))
    page = client.post(
        f"/applications/{draft.pk}/parts/reflection/",
        {
            **POSTS["reflection"],
            "q_change": "zq-these-words-stay",
            "form": first,
            "base": draft.sections["reflection"]["revision"],
        },
    )
    assert "This is 9 characters too long" in page.content.decode()
    assert "zq-these-words-stay" in page.content.decode()


def test_stale_objects_save_by_todays_form(cast: SimpleNamespace, call: Call, draft: Application) -> None:
    """The application and its form were read before the version was published; the save comes after."""
    stale = Application.objects.select_related("call__cohort", "applicant").get(pk=draft.pk)
    context = form_context.of_application(stale)
    second = publish(call, cast.coordinator, options_without("prior_part", "applied"), remove("conflict"))
    posted = {k: v if isinstance(v, list) else [v] for k, v in POSTS["commitment"].items()}
    outcome = apply_actions.save_part(
        application=stale,
        context=context,
        section=context.form.part("commitment"),
        whole=True,
        posted={**posted, "prior_part": ["applied"], "conflict": ["zq-still-kept"]},
        base=stale.sections["commitment"]["revision"],
    )
    assert list(outcome.cleaned.refused) == ["prior_part"]
    assert Answer.objects.get(application=draft, question="conflict").value == "zq-still-kept"
    assert Answer.objects.get(application=draft, question="prior_part").value == "no"
    assert stale.form_version_id == second.pk
    old = Application.objects.select_related("call__cohort", "applicant").get(pk=draft.pk)
    old.form_version_id = call.form_versions.get(number=1).pk
    publish(call, cast.coordinator, add(required=True))
    with pytest.raises(apply_actions.NotReadyError):
        apply_actions.send(application=old, context=form_context.of_application(old))


@pytest.mark.django_db(transaction=True)
def test_saving_and_publishing_at_the_same_moment(cast: SimpleNamespace, call: Call, draft: Application) -> None:
    """Publishing waits for a save that holds the application's row; the save is whole, and then moves along."""
    edit(call, remove("q_learning"))
    holds, published = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    def saving() -> None:
        try:
            row = Application.objects.select_related("call__cohort", "applicant").get(pk=draft.pk)
            context = form_context.of_application(row)
            posted = {k: [v] for k, v in POSTS["reflection"].items() if isinstance(v, str)}
            with transaction.atomic():
                Application.objects.select_for_update().get(pk=draft.pk)
                holds.set()
                assert not published.wait(0.7)  # it has to wait for us
                apply_actions.save_part(
                    application=row,
                    context=context,
                    section=context.form.part("reflection"),
                    whole=False,
                    posted={**posted, "q_learning": ["zq-at-the-same-time"]},
                    base=row.sections["reflection"]["revision"],
                )
        except BaseException as error:
            failed.append(error)
        finally:
            holds.set()
            connection.close()

    def publishing() -> None:
        try:
            holds.wait(10)
            form_editor_actions.publish(call=call, actor=cast.coordinator, note="why", revision=1)
            published.set()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=saving), threading.Thread(target=publishing)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failed == []
    draft.refresh_from_db()
    assert call_forms.form_of(draft.form_version_id).version == 2
    assert Answer.objects.get(application=draft, question="q_learning").value == "zq-at-the-same-time"


def test_new_questions_are_answered_without_unsending(cast: SimpleNamespace, call: Call, sent: Application) -> None:
    second = publish(call, cast.coordinator, add(required=True), remove("pronouns"))
    client, address = signed_in(cast.applicant), f"/applications/{sent.pk}/new-questions/"
    assert address in client.get(f"/applications/{sent.pk}/").content.decode()
    page = client.get(address).content.decode()
    assert "Who else gains?" in page
    assert "What is one policy" not in page
    empty = client.post(address, {})
    assert "Write an answer here." in empty.content.decode()
    sent.refresh_from_db()
    assert (sent.state, sent.form_version_id != second.pk) == ("submitted", True)
    assert client.post(address, {"q_who_else_gains": "zq-families"})["Location"] == f"/applications/{sent.pk}/"
    sent.refresh_from_db()
    assert (sent.state, sent.form_version_id) == ("submitted", second.pk)
    assert "zq-families" in str(blind_queries.paper_for_reader(sent))
    assert AnswerRevision.objects.get(application=sent, question="pronouns").value == "she"
    assert form_editor_queries.asks_again(sent) is None
    assert address not in client.get(f"/applications/{sent.pk}/").content.decode()
    assert client.get(address)["Location"] == f"/applications/{sent.pk}/"
    entry = history.of(sent).get(verb="application.new_questions_answered")
    assert entry.details["after"] == str(second.pk)


def test_until_then_readers_read_what_was_sent(cast: SimpleNamespace, call: Call, sent: Application) -> None:
    before = blind_queries.paper_for_reader(sent)
    assert SECRETS["reviewer"] in str(before)
    publish(call, cast.coordinator, add(required=True), remove("q_change"), change("q_peers", label="Other"))
    sent.refresh_from_db()
    assert blind_queries.paper_for_reader(sent) == before


def test_applicants_read_what_changed_and_why_and_only_their_own(
    cast: SimpleNamespace, call: Call, draft: Application
) -> None:
    address = f"/applications/{draft.pk}/form-changes/"
    client = signed_in(cast.applicant)
    assert client.get(address).status_code == 404
    publish(call, cast.coordinator, add(), remove("pronouns"))
    page = client.get(address).content.decode()
    assert "zq-note-why" in page
    assert "Who else gains?" in page
    assert address in client.get(f"/applications/{draft.pk}/").content.decode()
    for path in (address, f"/applications/{draft.pk}/new-questions/"):
        for user in (cast.coordinator, cast.screener, cast.stranger, cast.superuser):
            assert signed_in(user).get(path).status_code == 404
        assert Client().get(path).status_code == 302
    later = apply_actions.start(call=call, applicant=cast.stranger)
    assert signed_in(cast.stranger).get(f"/applications/{later.pk}/form-changes/").status_code == 404
