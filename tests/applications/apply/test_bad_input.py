"""What should never come, comes: a clear answer, the state unchanged, nothing lost, and never a 500."""

from __future__ import annotations

import json
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.apply import actions as apply_actions
from applications.apply import answers as apply_answers
from applications.common import call_forms
from applications.form_definition import dialect
from applications.models import AccessNeed, Answer, Application, Consent, FormVersion, IdentityAnswer
from cohort.people.models import HistoryEntry
from cohort.questions import values
from tests.applications.apply.filled import POSTS, fill, open_call
from tests.conftest import signed_in
from tests.pages import flat
from tests.questions.test_engine import FORMS, TEXT, check


@pytest.fixture
def draft(cast: SimpleNamespace) -> Application:
    return apply_actions.start(call=open_call(cast.cohort), applicant=cast.applicant)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("a\x00b\x07c\x1b", "abc"),
        ("zwei 🙂 👩🏽‍🔧", "zwei 🙂 👩🏽‍🔧"),
        ("שלום עולם", "שלום עולם"),
        ("مرحبا", "مرحبا"),
        ("e\u0301", "é"),
        ("  a\r\nb  ", "a\nb"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("{deadline_local}", "{deadline_local}"),
        ("\ufeffx\ufffe", "\ufeffx"),
    ],
)
def test_any_script_is_kept_and_no_control_character_is(
    cast: SimpleNamespace, draft: Application, typed: str, stored: str
) -> None:
    client = signed_in(cast.applicant)
    path = f"/applications/{draft.pk}/parts/reflection/"
    assert client.post(path, {**POSTS["reflection"], "q_change": typed, "base": "0"}).status_code == 302
    assert Answer.objects.get(question="q_change").value == stored
    page = client.get(path).content.decode()
    assert "<script>alert" not in page
    assert client.get(f"/applications/{draft.pk}/check/").status_code == 200


def test_ten_thousand_options_get_a_kind_page(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    fill(client, draft)
    before = list(Answer.objects.order_by("question").values_list("question", "value"))
    for path in ("parts/organization/", "parts/organization/autosave/", "remind/"):
        response = client.post(
            f"/applications/{draft.pk}/{path}", {"base": "0", "counties_served": [f"x{n}" for n in range(10_000)]}
        )
        assert response.status_code == 400
        page = flat(response.content.decode())
        assert "What you typed should still be there" in page
        assert "Lo que escribió debería seguir ahí" in page
        assert '<main id="main"' in page
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert list(Answer.objects.order_by("question").values_list("question", "value")) == before


@pytest.mark.parametrize(
    "path",
    [
        "",
        "check/",
        "receipt/",
        "fit/",
        "copy/",
        "copy.json",
        "withdraw/",
        "forget/identity/",
        "parts/reflection/",
        "link/",
        "remind/",
    ],
)
def test_forged_ids_are_404(cast: SimpleNamespace, draft: Application, path: str) -> None:
    """A made-up id, and the true id of somebody else's draft: the same answer for reading and for writing."""
    mine = signed_in(cast.applicant)
    assert mine.get(f"/applications/{draft.pk}/").status_code == 200
    for who in (cast.applicant, cast.stranger, cast.coordinator, cast.superuser):
        client = signed_in(who)
        pk = uuid.uuid4() if who == cast.applicant else draft.pk
        statuses = {
            client.get(f"/applications/{pk}/{path}").status_code,
            client.post(f"/applications/{pk}/{path}").status_code,
        }
        assert statuses <= {404, 405}
        assert 404 in statuses
    draft.refresh_from_db()
    assert (draft.state, draft.revision) == ("draft", 0)


def test_posts_out_of_order_and_replayed_change_nothing_that_is_newer(
    cast: SimpleNamespace, draft: Application
) -> None:
    client = signed_in(cast.applicant)
    path = f"/applications/{draft.pk}/parts/reflection/"
    first, second = ({**POSTS["reflection"], "q_change": words} for words in ("First", "Second"))
    client.post(path, {**first, "base": "0"})
    draft.refresh_from_db()
    base = draft.sections["reflection"]["revision"]
    client.post(path, {**second, "base": base})
    for old in ({**first, "base": "0"}, {**first, "base": base}, {**first, "base": "999999999"}, first):
        assert client.post(path, old).status_code == 409
    assert Answer.objects.get(question="q_change").value == "Second"
    for base_text in ("٣", "1e3", "0x1", "1.0", " 1", "-0", "9" * 400):
        assert client.post(path, {**first, "base": base_text}).status_code == 409


def test_sending_is_limited_with_a_kind_page(
    cast: SimpleNamespace, draft: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr("applications.apply.views.SENDS_AN_HOUR", 3)
    client = signed_in(cast.applicant)
    path = f"/applications/{draft.pk}/check/"
    assert [client.post(path).status_code for _n in range(5)] == [422, 422, 422, 429, 429]
    page = client.post(path).content.decode()
    assert "Nothing is lost" in page
    assert client.get(path).status_code == 200  # looking is never limited
    assert signed_in(cast.stranger).post(path).status_code == 404  # nor is anybody else's count mine
    cache.clear()


def test_answers_to_questions_of_no_form_are_never_stored(cast: SimpleNamespace, draft: Application) -> None:
    client = signed_in(cast.applicant)
    client.post(
        f"/applications/{draft.pk}/parts/about_you/",
        {
            **POSTS["about_you"],
            "base": "0",
            "is_staff": "1",
            "state": "submitted",
            "q_change": "from another part",
            "race_ethnicity": ["asian"],
            "consent_demographics": "yes",
            "applicant": str(cast.stranger.pk),
        },
    )
    assert set(Answer.objects.values_list("question", flat=True)) == set(POSTS["about_you"])
    assert IdentityAnswer.objects.count() == Consent.objects.count() == 0
    draft.refresh_from_db()
    assert (draft.state, draft.applicant_id) == ("draft", cast.applicant.pk)


# ---------------------------------------------------------------- any form, any post, through the pages


def storable(raw: Any) -> Any:
    """What a database can hold of a definition: no NUL and no half characters."""
    if isinstance(raw, dict):
        return {str(storable(str(k))): storable(v) for k, v in raw.items()}
    if isinstance(raw, list):
        return [storable(item) for item in raw]
    return raw.replace("\x00", "").encode("utf-8", "ignore").decode() if isinstance(raw, str) else raw


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=FORMS.map(lambda raw: {} if raw is None else storable(raw)), data=st.data())
def test_any_form_and_any_post_through_the_pages(
    cast: SimpleNamespace, draft: Application, raw: Any, data: st.DataObject
) -> None:
    """Never a 500, and no row that the definition does not allow, in any of the four drawers."""
    json.dumps(raw)
    number = FormVersion.objects.filter(call=draft.call).count() + 1  # a version never changes, so each gets its own
    draft.form_version = FormVersion.objects.create(call=draft.call, number=number, definition=raw, note="Another")
    draft.save(update_fields=["form_version"])
    for table in (Answer, IdentityAnswer, AccessNeed, Consent):
        table.objects.all().delete()
    Application.objects.filter(pk=draft.pk).update(sections={}, revision=0, state="draft", submitted_at=None)
    call_forms.form_of.cache_clear()
    form = call_forms.form_of(draft.form_version_id)
    client = signed_in(cast.applicant)
    for section in form.parts:
        path = f"/applications/{draft.pk}/parts/{section.id}/"
        assert client.get(path).status_code in (200, 404)  # 404: an id that no address can hold
        names = [name for q in section.questions for name in values.names_of(q)] + ["zzz", "skip", "later"]
        known = [code for q in section.questions for code in q.by_code] + ["", "z"]
        text = TEXT.map(lambda words: words.encode("utf-8", "ignore").decode())  # a browser sends whole characters
        posted = data.draw(
            st.dictionaries(
                st.sampled_from(names), st.lists(st.sampled_from(known) | text, max_size=4), max_size=len(names)
            )
        )
        assert client.post(path, {**posted, "base": "0"}).status_code in (200, 302, 404, 409)
        assert client.post(path + "autosave/", {**posted, "base": "0"}).status_code in (200, 404, 409)
    for path in ("", "check/", "copy/", "copy.json", "fit/"):
        assert client.get(f"/applications/{draft.pk}/{path}").status_code in (200, 404) or not form.parts
    draft.refresh_from_db()
    asked = {q.id: q for q in form.questions.values() if q.type not in dialect.SILENT}
    for question, value in apply_answers.held(draft, form).items():
        if apply_answers.drawer_of(asked[question]) == apply_answers.CONSENT:
            assert value in (True, False)
        else:
            check(asked[question], value)
    for row in Answer.objects.all():
        assert row.visibility == asked[row.question].visibility
    call_forms.form_of.cache_clear()
    assert HistoryEntry.objects.filter(verb="application.submitted").count() == 0
