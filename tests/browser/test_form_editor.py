"""The form editor by keyboard: add a question, see it in the preview, move it up; and what it looks like."""

from __future__ import annotations

from types import SimpleNamespace

from playwright.sync_api import Page, expect

from applications.apply import actions as apply_actions
from applications.form_definition import edits
from applications.form_editor import actions as form_editor_actions
from applications.form_editor import queries as form_editor_queries
from applications.models import FormDraft
from tests.applications.apply.filled import open_call
from tests.browser.conftest import axe, both_widths, no_sideways_scroll, shot, sign_in

ROOT = "/calls/north-call/form/"


def look(page: Page, name: str) -> None:
    """Everything that every page must pass, and its pictures."""
    for width in (320, 360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        no_sideways_scroll(page)
        axe(page)
    shot(page, name)
    page.set_viewport_size({"width": 1280, "height": 800})


def test_a_question_is_added_previewed_and_moved_by_keyboard(
    page: Page, transactional_db: None, cast: SimpleNamespace
) -> None:
    call = open_call(cast.cohort)
    draft = apply_actions.start(call=call, applicant=cast.applicant)
    sign_in(page, cast.coordinator)
    page.goto(f"{ROOT}parts/reflection/")
    page.get_by_role("link", name="Add a question").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Question", exact=True).focus()
    page.keyboard.type("Who else gains from it?")
    preview = page.get_by_role("region", name="Preview")
    expect(preview.get_by_label("Who else gains from it?")).to_be_visible()
    page.get_by_label("How it is answered").select_option("checkboxes")
    page.get_by_role("textbox", name="Answer", exact=True).first.focus()
    page.keyboard.type("Families")
    expect(preview.get_by_role("checkbox", name="Families")).to_be_visible()
    page.get_by_label("People who score, the committee and staff").press("Space")
    look(page, "question-new")
    page.get_by_label("Question", exact=True).press("Tab")
    page.get_by_role("button", name="Add this question").press("Enter")
    expect(page.get_by_text("Added at the end of this part.")).to_be_visible()
    last = page.locator(".editor-list > li").last
    last.get_by_role("button", name="Up Who else gains").press("Enter")
    expect(page.get_by_text("It is now number 6 of 7.")).to_be_visible()
    expect(page.get_by_role("button", name="Up Who else gains")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is now number 5 of 7.")).to_be_visible()
    names = [q["id"] for q in edits.part_of(form_editor_queries.work(call).definition, "reflection")["questions"]]
    assert names[4:] == ["q_who_else_gains_from_it", "q_community", "q_anything"]

    page.drag_and_drop("#question-q_anything .what .soft", "#question-q_community", target_position={"x": 9, "y": 9})
    expect(page.get_by_text("It is now number 6 of 7.")).to_be_visible()
    page.get_by_role("button", name="Undo the last change").click()
    expect(page.get_by_text("Undone: a question was moved.")).to_be_visible()
    for name, path in (
        ("overview", ""),
        ("question-choices", "questions/elig_dates/"),
        ("part-preview", "parts/reflection/preview/"),
        ("remove", "questions/q_change/remove/"),
        ("short-form", "parts/employer_confirmation/"),
        ("group", "questions/employer_confirmer/"),
        ("grid", "questions/lived_experience/"),
        ("conditions", "questions/contact_language_other/"),
        ("spanish", "spanish/"),
        ("spanish-part", "parts/eligibility/spanish/"),
        ("page-spanish", "../page/spanish/"),
    ):
        page.goto(ROOT + path)
        look(page, name)

    page.goto(f"{ROOT}parts/commitment/new/")  # a kind shows what it needs, a condition the answers it can look at
    page.get_by_label("How it is answered").select_option("group")
    field = page.get_by_role("group", name="Field 1")
    expect(field).to_be_visible()
    expect(page.get_by_role("group", name="Answer 1")).to_be_hidden()
    field.get_by_label("How this field is answered").select_option("radio")
    expect(field.get_by_label("Answers to choose")).to_be_visible()
    page.get_by_role("button", name="Add a condition").click()
    second = page.get_by_role("group", name="Condition 2")
    second.get_by_label("Another question").select_option("elig_dates")
    expect(second.get_by_label("I may miss one or two more")).to_be_visible()
    expect(page.get_by_label("One of them is enough")).to_be_visible()
    look(page, "group-new")

    form_editor_actions.change(
        call=call,
        actor=cast.coordinator,
        did="question_changed",
        thing="",
        how=lambda d: edits.change_question(
            edits.remove_question(d, "pronouns")[0], "q_change", {"label": "What would you change?", "max_chars": 900}
        ),
    )
    page.goto(f"{ROOT}publish/")
    page.get_by_label("Why the form changes").fill("Three people asked who else gains, so the form asks it now.")
    page.get_by_role("button", name="Publish version 2").press("Enter")
    expect(page.get_by_role("heading", name="Version 2 of the form")).to_be_visible()
    assert FormDraft.objects.count() == 0

    sign_in(page, cast.applicant)
    page.goto(f"/applications/{draft.pk}/")
    page.get_by_role("link", name="What changed, and why").press("Enter")
    expect(page.get_by_text("Three people asked who else gains")).to_be_visible()
    look(page, "applicant-changes")
    both_widths(page)
