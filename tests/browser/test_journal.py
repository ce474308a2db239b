"""The journal in Chromium: set up, write from a question, reload, unlock, read; share, export, search, delete."""

from __future__ import annotations

import json
import mimetypes
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.core.management import call_command
from playwright.sync_api import Page, Route, expect

from reflections.journal import manifest
from reflections.models import Journal, Record, SharedCopy, Slot
from tests.browser.conftest import axe, both_widths, shot, sign_in
from tests.browser.journal import WORDS, confirm_code, set_up, unlock, write


def test_set_up_write_from_a_question_reload_unlock_read(page: Page, cast: SimpleNamespace) -> None:
    sign_in(page, cast.participant)
    page.goto("/journal/")
    expect(page.get_by_role("heading", name="A journal that only you can open")).to_be_visible()
    axe(page)
    both_widths(page)
    shot(page, "journal-1-start")
    page.get_by_role("button", name="Start").click()

    suggested = page.locator(".secret").inner_text()
    assert len(suggested.split()) == 6
    axe(page)
    both_widths(page)
    shot(page, "journal-2-passphrase")
    page.get_by_label("Type it again").fill(suggested)
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("heading", name="Keep this recovery code")).to_be_visible()
    axe(page)
    both_widths(page)
    shot(page, "journal-3-code")
    page.get_by_label(re.compile(r"^Group \d$")).first.fill("0000")
    page.get_by_role("button", name="Finish and start writing").click()
    expect(page.get_by_text("That is not what your code says")).to_be_visible()
    assert not Journal.objects.exists()
    confirm_code(page)
    page.get_by_role("button", name="Finish and start writing").click()

    expect(page.get_by_role("heading", name="Your journal", exact=True)).to_be_visible()
    assert Journal.objects.get().owner == cast.participant
    assert sorted(Slot.objects.values_list("kind", flat=True)) == [1, 2]
    axe(page)
    both_widths(page)
    shot(page, "journal-4-empty")
    question = "Where did you hold on to a decision that you could have shared?"
    page.get_by_role("button", name=question).click()
    expect(page.get_by_role("heading", name=question)).to_be_visible()
    page.get_by_label("Your words").fill(WORDS)
    expect(page.get_by_text("Kept on this device, encrypted")).to_be_visible()
    axe(page)
    both_widths(page)
    shot(page, "journal-5-write")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("button", name=WORDS)).to_be_visible()
    assert Record.objects.filter(type=2).count() == 1

    page.reload()
    expect(page.get_by_role("heading", name="Your journal is locked")).to_be_visible()
    assert WORDS not in page.content()
    axe(page)
    both_widths(page)
    shot(page, "journal-6-unlock")
    unlock(page, suggested)
    page.get_by_role("button", name=WORDS).click()
    expect(page.get_by_label("Your words")).to_have_value(WORDS)
    expect(page.get_by_role("heading", name=question)).to_be_visible()
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Keys, copies and settings").click()
    axe(page)
    both_widths(page)
    shot(page, "journal-7-settings")


def test_a_copy_to_share_is_edited_apart_and_can_be_taken_back(page: Page, cast: SimpleNamespace) -> None:
    sign_in(page, cast.participant)
    set_up(page)
    page.get_by_role("button", name="Write something").click()
    page.get_by_label("Your words").fill("private: my director said no")
    page.get_by_role("button", name="Make a copy to share").click()
    expect(page.get_by_text("This copy will be stored readable.")).to_be_visible()
    axe(page)
    both_widths(page)
    shot(page, "journal-11-share")
    page.get_by_label("Title").fill("On hearing no")
    page.get_by_label("The copy").fill("shared: somebody said no")
    page.get_by_role("button", name="Share this copy").click()
    expect(page.get_by_text("Choose who may read it.")).to_be_visible()
    page.get_by_label("the facilitators of North").check()
    page.get_by_label("I understand that this copy is stored readable.").check()
    page.get_by_role("button", name="Share with the facilitators of North").click()
    expect(page.get_by_role("heading", name="Your copy is shared")).to_be_visible()
    copy = SharedCopy.objects.get()
    assert (copy.body, copy.audience, copy.author) == ("shared: somebody said no", "facilitators", cast.participant)
    page.get_by_role("button", name="Back to your journal").click()
    page.get_by_role("button", name="private: my director said no").click()
    expect(page.get_by_role("link", name="the facilitators of North")).to_be_visible()
    page.goto(f"/shared/{copy.pk}/")
    axe(page)
    both_widths(page)
    shot(page, "journal-12-copy")
    page.get_by_role("link", name="Take this copy back").click()
    axe(page)
    page.get_by_role("button", name="Delete the copy").click()
    expect(page.get_by_text("The copy is gone.")).to_be_visible()
    assert not SharedCopy.objects.exists()


def test_exporting_searching_deleting(page: Page, cast: SimpleNamespace) -> None:
    sign_in(page, cast.participant)
    set_up(page)
    for words in ("apples and patience", "buses at dawn", "clinics", "dusk"):
        write(page, words)
    page.get_by_label("Search your entries").fill("PATIENCE")
    expect(page.locator(".entries li")).to_have_count(1)
    page.get_by_label("Search your entries").fill("")
    page.get_by_role("button", name="Keys, copies and settings").click()
    page.get_by_role("button", name="Save as data (.json)").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Make it").click()
    made = json.loads(download.value.path().read_text())
    bodies = sorted(entry["body"] for entry in made["entries"])
    assert bodies == ["apples and patience", "buses at dawn", "clinics", "dusk"]
    page.get_by_role("button", name="Save as text (.md)").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Make it").click()
    assert "buses at dawn" in download.value.path().read_text()
    page.get_by_role("button", name="Back to your journal").click()
    page.get_by_role("button", name="dusk").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.locator(".entries li")).to_have_count(3)
    assert Record.objects.filter(type=2).count() == 3
    page.get_by_role("button", name="Keys, copies and settings").click()
    page.get_by_role("button", name="Delete this journal").click()
    page.get_by_label("Type the word “delete”").fill("delete")
    axe(page)
    page.get_by_role("button", name="Delete my journal for good").click()
    expect(page.get_by_role("heading", name="Your journal is deleted")).to_be_visible()
    assert not Journal.objects.exists()
    page.goto("/journal/")
    expect(page.get_by_role("heading", name="A journal that only you can open")).to_be_visible()


def test_without_a_sign_in_there_is_a_way_to_sign_in(page: Page, db: None, expected_errors: list[str]) -> None:
    expected_errors.append("401")
    page.goto("/journal/")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    axe(page)
    both_widths(page)


def test_settings_are_kept_in_the_journal(page: Page, cast: SimpleNamespace) -> None:
    sign_in(page, cast.participant)
    set_up(page)
    page.get_by_role("button", name="Keys, copies and settings").click()
    page.get_by_label("Lock by itself after").select_option("30")
    page.get_by_label("Check my spelling").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.reload()
    unlock(page)
    page.get_by_role("button", name="Keys, copies and settings").click()
    expect(page.get_by_label("Lock by itself after")).to_have_value("30")
    page.get_by_role("button", name="Back to your journal").click()
    page.get_by_role("button", name="Write something").click()
    expect(page.get_by_label("Your words")).to_have_attribute("spellcheck", "true")


def test_it_runs_from_collected_files_with_hashed_names(
    page: Page, cast: SimpleNamespace, tmp_path: Path, settings: Any
) -> None:
    """As in production: every module comes under its hashed name, and the browser checks each against the page."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["js", "css", "txt", "svg"]  # packing takes six seconds
    call_command("collectstatic", interactive=False, verbosity=0)
    manifest._cached.cache_clear()
    served = set()

    def serve(route: Route) -> None:
        name = route.request.url.partition("/static/")[2]
        served.add(name)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        route.fulfill(body=(tmp_path / name).read_bytes(), content_type=kind)

    page.route("**/static/**", serve)
    try:
        sign_in(page, cast.participant)
        set_up(page)
        write(page, WORDS)
    finally:
        manifest._cached.cache_clear()
    modules = {name for name in served if name.startswith("journal/") and name.endswith(".js")}
    assert len(modules) == len(list((manifest.FOLDER).glob("*.js")))
    assert all(re.fullmatch(r"journal/[\w-]+\.[0-9a-f]{12}\.js", name) for name in modules)
