"""The journal in Chromium: set up, write from a question, reload, unlock, read; and everything that may go wrong."""

from __future__ import annotations

import hashlib
import json
import mimetypes
import os
import re
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect

from reflections import manifest, wire
from reflections.models import Journal, Record, SharedCopy, Slot
from tests.browser.conftest import axe, base_url, both_widths, shot, sign_in, sign_out
from tests.reflections import journal_reference as reference

WORDS = "I said yes to the steering group before I had asked my own team."
PASSPHRASE = "seven quiet walnut boats 42"


def code_groups(page: Page) -> list[str]:
    return page.locator(".secret.code span").all_inner_texts()


def confirm_code(page: Page) -> str:
    """Read the recovery code that is shown, type back the two groups that are asked for, and return it."""
    expect(page.get_by_role("heading", name="Keep this recovery code")).to_be_visible()
    groups = code_groups(page)
    assert len(groups) == 7
    for field in page.get_by_label(re.compile(r"^Group \d$")).all():
        number = int(re.search(r"\d", field.evaluate("e => e.labels[0].textContent")).group())  # type: ignore[union-attr]
        field.fill(groups[number - 1].lower())
    return "-".join(groups)


def choose_own(page: Page, passphrase: str) -> None:
    page.get_by_role("button", name="Use words of my own").click()
    page.get_by_label("Your passphrase").fill(passphrase)
    page.get_by_label("Type it again").fill(passphrase)
    page.get_by_role("button", name="Continue").click()


def set_up(page: Page, passphrase: str = PASSPHRASE) -> str:
    """Set a journal up through its pages; returns the recovery code. Ends on the list."""
    page.goto("/journal/")
    page.get_by_role("button", name="Start").click()
    choose_own(page, passphrase)
    code = confirm_code(page)
    page.get_by_role("button", name="Finish and start writing").click()
    expect(page.get_by_role("heading", name="Your journal", exact=True)).to_be_visible()
    return code


def write(page: Page, words: str) -> None:
    page.get_by_role("button", name="Write something").click()
    page.get_by_label("Your words").fill(words)
    page.get_by_role("button", name="Done").click()
    expect(page.locator(".entries").get_by_role("button", name=words[:20])).to_be_visible()


def unlock(page: Page, passphrase: str = PASSPHRASE) -> None:
    page.get_by_label("Your journal passphrase").fill(passphrase)
    page.get_by_role("button", name="Open", exact=True).click()


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


def test_a_wrong_passphrase_loses_nothing_and_offers_the_code_after_three(page: Page, cast: SimpleNamespace) -> None:
    sign_in(page, cast.participant)
    code = set_up(page)
    write(page, WORDS)
    page.reload()
    for attempt in range(3):
        unlock(page, "not the passphrase at all")
        expect(page.get_by_text("That passphrase doesn’t open this journal. Nothing is lost.")).to_be_visible()
        offer = page.get_by_text("Your recovery code opens it too.")
        expect(offer).to_be_visible(visible=attempt == 2)
    axe(page)
    shot(page, "journal-8-wrong")
    page.get_by_role("button", name="Use my recovery code").first.click()
    field = page.get_by_label("Recovery code")
    field.fill(code[:-1] + ("0" if code[-1] != "0" else "1"))
    page.get_by_role("button", name="Open with this code").click()
    expect(page.get_by_text("A character looks wrong or is missing.")).to_be_visible()
    field.fill("60RK-4CSM-6MV3-EE1S-78XK-RF9Y-7W6K")  # a real code, of another journal
    page.get_by_role("button", name="Open with this code").click()
    expect(page.get_by_text("This is not this journal’s code.")).to_be_visible()
    axe(page)
    field.fill(code.lower().replace("-", " "))
    page.get_by_role("button", name="Open with this code").click()
    choose_own(page, "another good passphrase 77")
    newer = confirm_code(page)
    page.get_by_role("button", name="Save and open my journal").click()
    expect(page.get_by_role("button", name=WORDS)).to_be_visible()
    assert newer != code
    page.get_by_role("button", name="Lock now").click()
    unlock(page, PASSPHRASE)
    expect(page.get_by_text("That passphrase doesn’t open this journal.")).to_be_visible()
    unlock(page, "another  good passphrase 77 ")  # spaces are forgiven
    expect(page.get_by_role("button", name=WORDS)).to_be_visible()


def test_locking_clears_the_page_and_keeps_every_word(page: Page, cast: SimpleNamespace) -> None:
    sign_in(page, cast.participant)
    set_up(page)
    page.get_by_role("button", name="Write something").click()
    page.get_by_label("Your words").press_sequentially("half a sentence, not yet sa")
    page.get_by_role("button", name="Lock now").click()
    expect(page.get_by_text("Locked. Nothing is lost.")).to_be_visible()
    assert "half a sentence" not in page.content()
    unlock(page)
    page.get_by_role("button", name="half a sentence, not yet sa").click()
    expect(page.get_by_label("Your words")).to_have_value("half a sentence, not yet sa")


def test_it_locks_by_itself_after_a_warning(page: Page, cast: SimpleNamespace) -> None:
    sign_in(page, cast.participant)
    page.clock.install()
    set_up(page)
    write(page, WORDS)
    page.clock.run_for(9 * 60_000 - 2_000)
    expect(page.get_by_role("heading", name="Still here?")).to_be_hidden()
    page.clock.run_for(5_000)
    expect(page.get_by_role("heading", name="Still here?")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Stay").click()
    page.clock.run_for(8 * 60_000)
    expect(page.get_by_role("button", name=WORDS)).to_be_visible()
    page.clock.run_for(2 * 60_000 + 2_000)
    expect(page.get_by_text("Locked after a while without a touch.")).to_be_visible()
    assert WORDS not in page.content()
    assert page.locator("dialog").count() == 0


def test_words_written_without_a_network_are_kept_and_sent_later(
    page: Page, cast: SimpleNamespace, expected_errors: list[str]
) -> None:
    expected_errors.append("ERR_INTERNET_DISCONNECTED|Failed to load")
    sign_in(page, cast.participant)
    set_up(page)
    page.get_by_role("button", name="Write something").click()
    page.context.set_offline(True)
    page.get_by_label("Your words").fill("written on a train")
    page.get_by_label("Your words").blur()
    expect(page.get_by_text("Can’t reach the server; kept on this device, encrypted")).to_be_visible()
    assert Record.objects.filter(type=2).count() == 0
    page.context.set_offline(False)
    page.goto("about:blank")  # the tab is gone; only what is on this device is left
    page.goto("/journal/")
    unlock(page)
    expect(page.get_by_role("button", name="written on a train")).to_be_visible()
    expect(page.get_by_text("Kept on this device", exact=True)).to_be_hidden()
    assert Record.objects.filter(type=2).count() == 1


def test_two_devices_that_wrote_the_same_entry_keep_both(
    page: Page, cast: SimpleNamespace, browser: Browser, expected_errors: list[str]
) -> None:
    expected_errors.append("409")
    sign_in(page, cast.participant)
    set_up(page)
    write(page, "as it was")
    phone = browser.new_context(base_url=base_url(page)).new_page()
    sign_in(phone, cast.participant)
    phone.goto("/journal/")
    unlock(phone)
    phone.get_by_role("button", name="as it was").click()
    page.get_by_role("button", name="as it was").click()
    phone.get_by_label("Your words").fill("from the phone")
    phone.get_by_role("button", name="Done").click()
    expect(phone.get_by_role("button", name="from the phone")).to_be_visible()
    page.get_by_label("Your words").fill("from the laptop")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", name="This entry was changed somewhere else too")).to_be_visible()
    expect(page.get_by_text("from the phone")).to_be_visible()
    axe(page)
    shot(page, "journal-9-conflict")
    page.get_by_role("button", name="Keep both").click()
    expect(page.get_by_role("button", name="from the laptop")).to_be_visible()
    expect(page.get_by_role("button", name="from the phone")).to_be_visible()
    assert Record.objects.filter(type=2).count() == 2
    phone.context.close()


def test_a_second_tab_reads_and_does_not_write_and_locks_along(page: Page, cast: SimpleNamespace) -> None:
    sign_in(page, cast.participant)
    set_up(page)
    write(page, WORDS)
    page.get_by_role("button", name=WORDS).click()
    other = page.context.new_page()
    other.goto("/journal/")
    unlock(other)
    other.get_by_role("button", name=WORDS).click()
    expect(other.get_by_text("Being edited in another tab")).to_be_visible()
    expect(other.get_by_label("Your words")).not_to_be_editable()
    page.get_by_role("button", name="Lock now").click()
    expect(other.get_by_role("heading", name="Your journal is locked")).to_be_visible()
    assert WORDS not in other.content()


def test_signing_out_elsewhere_loses_no_words(page: Page, cast: SimpleNamespace, expected_errors: list[str]) -> None:
    expected_errors.append("401|403")
    sign_in(page, cast.participant)
    set_up(page)
    page.get_by_role("button", name="Write something").click()
    sign_out(page)
    page.get_by_label("Your words").fill("still here")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    axe(page)
    sign_in(page, cast.participant)
    page.get_by_role("button", name="I have signed in").click()
    expect(page.locator(".entries").get_by_role("button", name="still here")).to_be_visible()
    assert Record.objects.filter(type=2).count() == 1


def test_somebody_else_signing_in_locks_it(page: Page, cast: SimpleNamespace, expected_errors: list[str]) -> None:
    expected_errors.append("401|403|404")
    sign_in(page, cast.participant)
    set_up(page)
    page.get_by_role("button", name="Write something").click()
    sign_out(page)
    page.get_by_label("Your words").fill("not for you")
    page.get_by_role("button", name="Done").click()
    sign_in(page, cast.facilitator)
    page.get_by_role("button", name="I have signed in").click()
    expect(page.get_by_role("heading", name="A journal that only you can open")).to_be_visible()
    assert "not for you" not in page.content()


def test_what_the_server_swaps_rolls_back_or_drops_is_noticed(page: Page, cast: SimpleNamespace) -> None:
    sign_in(page, cast.participant)
    set_up(page)
    for words in ("first entry", "second entry", "third entry", "fourth entry"):
        write(page, words)
    rows = list(Record.objects.filter(type=2))
    before = {row.record_id: bytes(row.blob) for row in rows}
    page.get_by_role("button", name="first entry").click()
    page.get_by_label("Your words").fill("first entry, better")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("button", name="first entry, better")).to_be_visible()
    changed = Record.objects.get(type=2, rev=2)
    Record.objects.filter(record_id=changed.record_id).update(rev=1, blob=before[changed.record_id])  # an older state
    one, two, three = (row for row in rows if row.record_id != changed.record_id)
    Record.objects.filter(record_id=one.record_id).update(blob=before[two.record_id])  # another entry's place
    Record.objects.filter(record_id=three.record_id).delete()
    page.reload()
    unlock(page)
    expect(page.get_by_text("“first entry”: the server sent an older version")).to_be_visible()
    expect(page.get_by_text("One entry could not be opened")).to_be_visible()
    expect(page.get_by_text("An entry last seen here on")).to_be_visible()
    assert page.locator(".entries li").count() == 2
    axe(page)
    shot(page, "journal-10-warnings")


def test_a_journal_that_vanished_is_not_silently_replaced(page: Page, cast: SimpleNamespace) -> None:
    sign_in(page, cast.participant)
    set_up(page)
    Journal.objects.all().delete()
    page.reload()
    expect(page.get_by_role("heading", name="A journal was here before")).to_be_visible()
    axe(page)


def test_changing_the_passphrase_and_the_code(page: Page, cast: SimpleNamespace) -> None:
    sign_in(page, cast.participant)
    code = set_up(page)
    write(page, WORDS)
    page.get_by_role("button", name="Keys, copies and settings").click()
    page.get_by_role("button", name="Change my passphrase").click()
    page.get_by_label("Your present passphrase, or your recovery code").fill("wrong wrong wrong wrong")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("That passphrase doesn’t open this journal.")).to_be_visible()
    page.get_by_label("Your present passphrase, or your recovery code").fill(code)  # the code will do as well
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Use words of my own").click()
    page.get_by_label("Your passphrase").fill("participant@example.org 1")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("This is mostly your name")).to_be_visible()
    page.get_by_label("Your passphrase").fill("a brand new passphrase 5")
    page.get_by_label("Type it again").fill("a brand new passphrase 6")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("The two are not the same.")).to_be_visible()
    page.get_by_label("Type it again").fill("a brand new passphrase 5")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Your passphrase is changed.")).to_be_visible()
    page.get_by_role("button", name="Keys, copies and settings").click()
    page.get_by_role("button", name="Get a new recovery code").click()
    page.get_by_label("Your present passphrase, or your recovery code").fill("a brand new passphrase 5")
    page.get_by_role("button", name="Continue").click()
    assert confirm_code(page) != code
    page.get_by_role("button", name="Use this code from now on").click()
    expect(page.get_by_text("Your recovery code is replaced.")).to_be_visible()
    page.get_by_role("button", name="Lock now").click()
    unlock(page, "a brand new passphrase 5")
    expect(page.get_by_role("button", name=WORDS)).to_be_visible()


def test_locking_everything_again_with_a_new_key(page: Page, cast: SimpleNamespace) -> None:
    sign_in(page, cast.participant)
    set_up(page)
    write(page, WORDS)
    page.get_by_role("button", name="Keys, copies and settings").click()
    page.get_by_role("button", name="Someone may know it").click()
    page.get_by_label("Your present passphrase, or your recovery code").fill(PASSPHRASE)
    page.get_by_role("button", name="Continue").click()
    choose_own(page, "after the change of keys")
    confirm_code(page)
    page.get_by_role("button", name="Lock everything again").click()
    expect(page.get_by_text("Everything is locked with a new key.")).to_be_visible()
    assert set(Record.objects.values_list("gen", flat=True)) == set(Slot.objects.values_list("gen", flat=True)) == {2}
    assert Journal.objects.get().gen == 2
    page.reload()
    unlock(page, PASSPHRASE)
    expect(page.get_by_text("That passphrase doesn’t open this journal.")).to_be_visible()
    unlock(page, "after the change of keys")
    page.get_by_role("button", name=WORDS).click()
    expect(page.get_by_label("Your words")).to_have_value(WORDS)


@pytest.mark.parametrize("after", [0, 1])
def test_a_change_of_key_that_was_cut_off_is_finished_later(
    page: Page, cast: SimpleNamespace, expected_errors: list[str], after: int
) -> None:
    """The network goes after ``after`` records were sealed again: the new passphrase opens it and finishes."""
    expected_errors.append("ERR_|Failed to load")
    sign_in(page, cast.participant)
    set_up(page)
    write(page, WORDS)
    page.get_by_role("button", name="Keys, copies and settings").click()
    page.get_by_role("button", name="Someone may know it").click()
    page.get_by_label("Your present passphrase, or your recovery code").fill(PASSPHRASE)
    page.get_by_role("button", name="Continue").click()
    choose_own(page, "after the change of keys")
    confirm_code(page)
    left = [after]

    def cut(route: Route) -> None:
        if route.request.method == "PUT" and left[0] == 0:
            route.abort()
            return
        left[0] -= route.request.method == "PUT"
        route.continue_()

    page.route("**/journal/api/records/*", cut)
    page.get_by_role("button", name="Lock everything again").click()
    expect(page.get_by_text("We can’t reach the server.")).to_be_visible()
    assert sorted(Record.objects.values_list("gen", flat=True)) == [1] * (2 - after) + [2] * after
    page.unroute_all()
    page.reload()
    unlock(page, "after the change of keys")
    expect(page.get_by_role("button", name=WORDS)).to_be_visible()
    assert set(Record.objects.values_list("gen", flat=True)) == {2}
    assert (Journal.objects.get().gen, Journal.objects.get().pending_gen) == (2, None)


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


def test_a_page_that_comes_back_from_the_browsers_memory_is_locked(page: Page, cast: SimpleNamespace) -> None:
    sign_in(page, cast.participant)
    set_up(page)
    page.get_by_role("button", name="Write something").click()
    page.get_by_label("Your words").fill("going somewhere else")
    expect(page.get_by_text("Kept on this device, encrypted")).to_be_visible()
    page.goto("/commitments/")
    page.go_back()
    expect(page.get_by_role("heading", name="Your journal is locked")).to_be_visible()
    assert "going somewhere else" not in page.content()
    unlock(page)
    expect(page.get_by_role("button", name="going somewhere else")).to_be_visible()


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


def test_a_thousand_entries_and_an_older_lock(page: Page, cast: SimpleNamespace) -> None:
    """A long journal opens and is searched at once; a passphrase slot of lower cost is written anew meanwhile."""
    vault, key, gen = os.urandom(16), os.urandom(32), 1
    journal = Journal.objects.create(
        vault=uuid.UUID(bytes=vault), owner=cast.participant, created_on=timezone.localdate(),
        write_verifier=hashlib.sha256(reference.write_token(key, vault, gen)).digest(),
    )
    common: dict[str, Any] = {"journal_key": key, "vault": vault, "gen": gen, "random": os.urandom}
    for made in (
        reference.seal_slot(kind=1, secret=PASSPHRASE, it=600_000, **common),
        reference.seal_slot(kind=2, secret=os.urandom(16), **common),
    ):
        Slot.objects.create(journal=journal, **vars(wire.slot(made)))
    rows = []
    for number in range(1000):
        record = os.urandom(16)
        body = f"Entry {number}. " + "words " * 40
        data = {"v": 1, "title": "", "body": body, "created": f"2026-01-01T{number:08d}"}
        blob = reference.seal_record(
            key, json.dumps(data), type_=2, gen=gen, vault=vault, record=record, rev=1, random=os.urandom
        )
        place = uuid.UUID(bytes=record)
        rows.append(Record(journal=journal, record_id=place, type=2, gen=gen, rev=1, blob=blob))
    Record.objects.bulk_create(rows)
    sign_in(page, cast.participant)
    page.goto("/journal/")
    unlock(page)
    expect(page.locator(".entries li")).to_have_count(1000, timeout=20_000)
    page.get_by_label("Search your entries").fill("entry 77")
    expect(page.get_by_text("11 found")).to_be_visible()  # 77 and 770 to 779
    assert set(Slot.objects.filter(kind=1).values_list("it", flat=True)) == {1_000_000}
    page.reload()
    unlock(page)
    expect(page.locator(".entries li")).to_have_count(1000, timeout=20_000)


def test_starting_again_without_any_key(page: Page, cast: SimpleNamespace, expected_errors: list[str]) -> None:
    expected_errors.append("403|409")
    sign_in(page, cast.participant)
    set_up(page)
    write(page, WORDS)
    page.reload()
    page.get_by_text("I don’t have my passphrase").click()
    page.get_by_role("button", name="I have neither").click()
    expect(page.get_by_role("heading", name="Without passphrase and code")).to_be_visible()
    axe(page)
    both_widths(page)
    shot(page, "journal-13-start-again")
    page.get_by_role("button", name="Ask to start again").click()
    page.get_by_role("link", name="Sign in again").click()  # the sign-in that is there already is not enough
    page.get_by_label("Password").fill("pass-phrase-1")
    page.get_by_label("Password").press("Enter")
    expect(page.get_by_role("heading", name="Your journal is locked")).to_be_visible()
    page.get_by_text("I don’t have my passphrase").click()
    page.get_by_role("button", name="I have neither").click()
    page.get_by_role("button", name="Ask to start again").click()
    expect(page.get_by_text("Until then, anyone who can open it can keep it.")).to_be_visible()
    page.reload()
    unlock(page)  # the key turned up after all
    expect(page.get_by_text("You opened it, so it stays.")).to_be_visible()
    assert Journal.objects.get().reset_on is None
    Journal.objects.update(reset_on=timezone.now().date())  # seven days later, nobody having found the key
    page.reload()
    expect(page.get_by_text("asked to throw this journal away")).to_be_visible()
    page.get_by_text("I don’t have my passphrase").click()
    page.get_by_role("button", name="I have neither").click()
    page.get_by_role("button", name="Throw this journal away for good").click()
    expect(page.get_by_role("heading", name="A journal that only you can open")).to_be_visible()
    assert not Journal.objects.exists()


def test_it_runs_from_collected_files_with_hashed_names(
    page: Page, cast: SimpleNamespace, tmp_path: Path, settings: Any
) -> None:
    """As in production: every module comes under its hashed name, and the browser checks each against the page."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
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
