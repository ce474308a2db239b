"""Each request asks once for a call's form, settings and placeholders, and at most once for what they lead to."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from applications.apply import actions as apply_actions
from applications.common import form_context
from applications.models import Application, Call, Review
from tests.applications.apply.filled import POSTS, fill, open_call
from tests.applications.asked import work_of
from tests.applications.form_editor.test_versions import add, publish
from tests.conftest import signed_in

ONCE = {"form_of": 1}
IN_FORM = {"form_of": 1, "settings_of": 1}
SHOWN = {"facts_for": 1, "form_of": 1, "settings_of": 1}
AROUND = {"facts_for": 1, "form_of": 1, "settings_of": 1, "wanting": 1}


@pytest.fixture
def call(cast: SimpleNamespace) -> Call:
    return open_call(cast.cohort)


@pytest.fixture
def draft(cast: SimpleNamespace, call: Call) -> Application:
    made = apply_actions.start(call=call, applicant=cast.applicant)
    fill(signed_in(cast.applicant), made)
    made.refresh_from_db()
    return made


@pytest.fixture
def client(cast: SimpleNamespace) -> Client:
    return signed_in(cast.applicant)


def entered(status: int, act: Callable[[], Any]) -> dict[str, int]:
    """What one request entered. It is made to answer ``status``, so that no count is of another page."""
    statuses = []
    found = work_of(lambda: statuses.append(act().status_code)).entered
    assert statuses == [status]
    return found


def page(draft: Application, rest: str = "") -> str:
    return f"/applications/{draft.pk}/{rest}"


def post(draft: Application, section: str = "about_you", **changes: Any) -> dict[str, Any]:
    shown = {"base": draft.sections[section]["revision"], "form": str(draft.form_version_id)}
    return {**POSTS[section], **shown, **changes}


def test_a_page_of_the_form(client: Client, draft: Application) -> None:
    part = page(draft, "parts/about_you/")
    assert entered(200, lambda: client.get(part)) == AROUND
    assert entered(302, lambda: client.post(part, post(draft))) == IN_FORM
    draft.refresh_from_db()
    assert entered(409, lambda: client.post(part, post(draft, full_name="Zed", base=0))) == SHOWN
    assert entered(200, lambda: client.post(part, post(draft, full_name=""))) == AROUND
    draft.refresh_from_db()
    assert entered(200, lambda: client.post(f"{part}autosave/", post(draft, full_name="Zed"))) == IN_FORM
    draft.refresh_from_db()
    assert (
        entered(302, lambda: client.post(page(draft, "parts/identity/"), post(draft, "identity", skip="1"))) == IN_FORM
    )


def test_a_page_that_was_opened_before_a_new_version(
    cast: SimpleNamespace, client: Client, call: Call, draft: Application
) -> None:
    """The form of today, and the one that the page showed; each once."""
    posted = post(draft, "reflection", q_change="zq-later")
    publish(call, cast.coordinator, add(required=True))
    draft.refresh_from_db()
    found = entered(302, lambda: client.post(page(draft, "parts/reflection/"), posted))
    assert found == {"form_of": 2, "settings_of": 1}


def test_the_pages_around_the_form(client: Client, draft: Application) -> None:
    assert entered(200, lambda: client.get(page(draft))) == {"form_of": 1, "settings_of": 1, "wanting": 1}
    assert entered(200, lambda: client.get(page(draft, "check/"))) == AROUND
    assert entered(200, lambda: client.get(page(draft, "fit/"))) == AROUND
    assert entered(200, lambda: client.get(page(draft, "copy/"))) == {"facts_for": 1, "form_of": 1}
    assert entered(200, lambda: client.get(page(draft, "copy.json"))) == {"facts_for": 1, "form_of": 1}
    assert entered(302, lambda: client.post(page(draft, "check/"))) == {**IN_FORM, "wanting": 1}
    assert entered(200, lambda: client.get(page(draft, "receipt/"))) == {"facts_for": 1, "form_of": 1}


def test_sending_too_early_reads_the_answers_again_but_not_the_form(client: Client, draft: Application) -> None:
    draft.answers.filter(question="full_name").delete()
    found = entered(422, lambda: client.post(page(draft, "check/")))
    assert found == {**AROUND, "wanting": 2}  # once under the lock, once for the page


def test_new_questions_to_a_sent_application(
    cast: SimpleNamespace, client: Client, call: Call, draft: Application
) -> None:
    apply_actions.send(application=draft, context=form_context.of_application(draft))
    publish(call, cast.coordinator, add(required=True))
    again = page(draft, "new-questions/")
    client.get(again)  # the differences between the versions are worked out once per process
    assert entered(200, lambda: client.get(again)) == SHOWN
    assert entered(200, lambda: client.post(again, {"q_who_else_gains": ""})) == SHOWN
    assert entered(302, lambda: client.post(again, {"q_who_else_gains": "Families"})) == IN_FORM


def test_what_anybody_may_read(call: Call) -> None:
    asked = {"facts_for": 1, "form_for_call": 1, "form_of": 1}
    for name in ("call", "call_check", "call_questions", "call_questions_file"):
        assert entered(200, lambda name=name: Client().get(reverse(f"applications:{name}", args=[call.slug]))) == asked
    notice = reverse("applications:call_notice", args=[call.slug])
    assert entered(200, lambda: Client().get(notice)) == {**asked, "settings_of": 1}
    chosen = reverse("applications:chosen_by", args=[call.slug])
    assert entered(200, lambda: Client().get(chosen)) == {"form_for_call": 1, "form_of": 1}


def test_what_staff_read(cast: SimpleNamespace, call: Call, draft: Application) -> None:
    apply_actions.send(application=draft, context=form_context.of_application(draft))
    Application.objects.update(eligibility=Application.Eligibility.CHECK)
    coordinator = signed_in(cast.coordinator)

    def of_call(name: str, *more: Any) -> str:
        return reverse(f"applications:{name}", args=[call.slug, *more])

    newest = {"form_for_call": 1, "form_of": 1}
    assert entered(200, lambda: coordinator.get(of_call("call_manage"))) == {**newest, "facts_for": 1}
    for name in ("applications_of", "policy", "policy_record", "pool", "targets"):
        assert entered(200, lambda name=name: coordinator.get(of_call(name))) == newest, name
    assert entered(200, lambda: coordinator.get(of_call("policy_factor", "gender"))) == newest
    paper = of_call("reading_paper", draft.number)
    assert entered(200, lambda: coordinator.get(paper)) == {"facts_for": 1, "form_of": 1}
    review = Review.objects.create(application=draft, reader=cast.screener)
    desk = reverse("applications:desk", args=[review.pk])
    assert entered(200, lambda: signed_in(cast.screener).get(desk)) == {"facts_for": 1, "form_of": 1}


@pytest.mark.parametrize("purpose", ["contacts", "answers", "organizations"])
def test_an_export(cast: SimpleNamespace, call: Call, draft: Application, purpose: str) -> None:
    apply_actions.send(application=draft, context=form_context.of_application(draft))
    coordinator = signed_in(cast.coordinator)
    url = reverse("applications:export", args=[call.slug, purpose, "csv"])
    lines: list[bytes] = []

    def take() -> Any:
        answer = coordinator.post(url)
        lines.extend(answer.getvalue().splitlines())
        return answer

    assert entered(200, take) == {"asked": 1, "facts_for": 1, "form_of": 1}
    assert len(lines) >= 2  # the head, and the application


def test_two_requests_share_nothing(client: Client, call: Call, draft: Application) -> None:
    """What changed between two requests is seen by the second."""
    part = page(draft, "parts/about_you/")
    first = client.get(part).context["facts"]
    assert first["contact_name"] != "zq-other-person"
    call.facts = {**call.facts, "contact_name": "zq-other-person"}
    call.save(update_fields=["facts"])
    second = client.get(part).context["facts"]
    assert (second["contact_name"], second is first) == ("zq-other-person", False)
