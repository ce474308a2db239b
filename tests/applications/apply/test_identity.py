"""The identity block: optional, choose all, own words, answers that stand alone, and four kinds of missing apart."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from applications.apply import actions as apply_actions
from applications.common import call_forms
from applications.form_definition.asking import clean
from applications.form_definition.dialect import load
from applications.models import Application, FormVersion, IdentityAnswer, Missing
from tests.applications.apply.filled import POSTS, open_call
from tests.conftest import signed_in


@pytest.fixture
def draft(cast: SimpleNamespace) -> Application:
    return apply_actions.start(call=open_call(cast.cohort), applicant=cast.applicant)


def post(cast: SimpleNamespace, draft: Application, **data: object) -> None:
    draft.refresh_from_db()
    base = (draft.sections.get("identity") or {}).get("revision", 0)
    response = signed_in(cast.applicant).post(f"/applications/{draft.pk}/parts/identity/", {**data, "base": base})
    assert response.status_code == 302


def rows(question: str) -> list[tuple[str, str, str, str]]:
    found = IdentityAnswer.objects.filter(question=question).order_by("code", "column")
    return list(found.values_list("code", "column", "own_words", "missing"))


def test_everything_may_be_chosen_with_own_words(cast: SimpleNamespace, draft: Application) -> None:
    post(
        cast,
        draft,
        **{"gender": ["woman", "two_spirit", "self_describe"], "gender--text-self_describe": "  In my own way 🌿  "},
    )
    assert rows("gender") == [
        ("self_describe", "", "In my own way 🌿", ""),
        ("two_spirit", "", "", ""),
        ("woman", "", "", ""),
    ]


def test_own_words_longer_than_the_form_allows_are_refused_and_nothing_is_cut(
    cast: SimpleNamespace, draft: Application
) -> None:
    response = signed_in(cast.applicant).post(
        f"/applications/{draft.pk}/parts/identity/",
        {"gender": ["self_describe"], "gender--text-self_describe": "w" * 61, "base": "0"},
    )
    assert response.status_code == 200
    assert "1 character too long" in response.content.decode()
    assert "w" * 61 in response.content.decode()
    assert [r for r in rows("gender") if r[2]] == []


@pytest.mark.parametrize("question", ["race_ethnicity", "tribal_affiliation", "gender", "languages"])
def test_prefer_not_stands_alone_on_the_server(cast: SimpleNamespace, draft: Application, question: str) -> None:
    form = call_forms.form_of(draft.form_version_id)
    every = [option.code for option in form.questions[question].options]
    post(cast, draft, **{question: every})
    assert rows(question) == [("", "", "", "prefer_not")]


@pytest.mark.parametrize("question", ["tribal_affiliation", "languages"])
def test_none_stands_alone_on_the_server(cast: SimpleNamespace, draft: Application, question: str) -> None:
    form = call_forms.form_of(draft.form_version_id)
    some = [option.code for option in form.questions[question].options if option.code != "prefer_not"]
    post(cast, draft, **{question: some})
    assert rows(question) == [("none", "", "", "")]


def test_prefer_not_beside_the_grid_clears_it(cast: SimpleNamespace, draft: Application) -> None:
    post(
        cast,
        draft,
        **{
            "lived_experience--col-self": ["poverty"],
            "lived_experience--col-close": ["housing"],
            "lived_experience--extra": ["prefer_not"],
        },
    )
    assert rows("lived_experience") == [("", "", "", "prefer_not")]


def test_four_kinds_of_missing_are_four_different_rows(cast: SimpleNamespace, draft: Application) -> None:
    """Not shown, left blank, would rather not, does not know: never the same row, and none is an answer."""
    form = call_forms.form_of(draft.form_version_id)
    definition = call_forms.default_definition(cast.cohort)
    identity = next(s for s in definition["sections"] if s["id"] == "identity")
    identity["questions"] += [
        {
            "id": "ask_dk",
            "type": "radio",
            "label": "?",
            "visibility": "equity_data",
            "options": [{"code": "yes", "label": "Yes"}, {"code": "dk", "label": "I do not know"}],
        },
        {
            "id": "ask_more",
            "type": "radio",
            "label": "?",
            "visibility": "equity_data",
            "show_if": {"ask_dk": "yes"},
            "options": [{"code": "yes", "label": "Yes"}],
        },
    ]
    draft.form_version = FormVersion.objects.create(
        call=draft.call, number=2, definition=definition, note="Two questions more"
    )
    draft.save(update_fields=["form_version"])
    assert form.part("identity") != call_forms.form_of(draft.form_version_id).part("identity")
    post(cast, draft, ask_dk="dk", disability="prefer_not")
    assert rows("ask_dk") == [("", "", "", Missing.DONT_KNOW)]
    assert rows("ask_more") == [("", "", "", Missing.NOT_SHOWN)]
    assert rows("disability") == [("", "", "", Missing.PREFER_NOT)]
    assert rows("age_band") == [("", "", "", Missing.LEFT_BLANK)]
    post(cast, draft, ask_dk="yes", disability="unsure", age_band="a35")
    assert rows("ask_dk") == [("yes", "", "", "")]
    assert rows("ask_more") == [("", "", "", Missing.LEFT_BLANK)]
    assert rows("disability") == [("unsure", "", "", "")]
    assert rows("age_band") == [("a35", "", "", "")]
    call_forms.form_of.cache_clear()


def test_a_part_never_opened_has_no_rows_and_a_skipped_one_says_left_blank(
    cast: SimpleNamespace, draft: Application
) -> None:
    assert IdentityAnswer.objects.count() == 0
    post(cast, draft, skip="yes")
    assert set(IdentityAnswer.objects.values_list("missing", flat=True)) == {"left_blank", "not_shown"}
    assert rows("orientation") == [("", "", "", "not_shown")]  # switched off in this form
    assert rows("gender") == [("", "", "", "left_blank")]


def test_nobody_else_reads_what_was_said(cast: SimpleNamespace, draft: Application) -> None:
    post(cast, draft, **POSTS["identity"])
    mine = signed_in(cast.applicant).get(f"/applications/{draft.pk}/parts/identity/").content.decode()
    assert "zq-own-words-identity" in mine
    for name in ("coordinator", "screener", "superuser", "stranger"):
        assert signed_in(getattr(cast, name)).get(f"/applications/{draft.pk}/parts/identity/").status_code == 404


def test_exclusive_codes_hold_in_any_form() -> None:
    form = load(
        {
            "sections": [
                {
                    "id": "a",
                    "questions": [
                        {
                            "id": "q",
                            "type": "checkboxes",
                            "visibility": "equity_data",
                            "options": [{"code": "x", "label": "X"}, {"code": "prefer_not", "label": "Rather not"}],
                        }
                    ],
                }
            ]
        }
    )
    result = clean(form.sections[0], {"q": ["x", "prefer_not"]})
    assert (result.values, result.missing) == ({"q": ["prefer_not"]}, {"q": "prefer_not"})
