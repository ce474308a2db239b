"""The keys of the journal in Chromium: forgotten, changed, cut off half-way, made anew, begun again without."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from reflections.journal import wire_format
from reflections.models import Journal, Record, Slot
from tests.browser.conftest import axe, both_widths, shot, sign_in
from tests.browser.journal import PASSPHRASE, WORDS, choose_own, confirm_code, set_up, unlock, write
from tests.reflections.journal import journal_reference


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


def test_a_thousand_entries_and_an_older_lock(page: Page, cast: SimpleNamespace) -> None:
    """A long journal opens and is searched at once; a passphrase slot of lower cost is written anew meanwhile."""
    vault, key, gen = os.urandom(16), os.urandom(32), 1
    journal = Journal.objects.create(
        vault=uuid.UUID(bytes=vault),
        owner=cast.participant,
        created_on=timezone.localdate(),
        write_verifier=hashlib.sha256(journal_reference.write_token(key, vault, gen)).digest(),
    )
    common: dict[str, Any] = {"journal_key": key, "vault": vault, "gen": gen, "random": os.urandom}
    for made in (
        journal_reference.seal_slot(kind=1, secret=PASSPHRASE, it=600_000, **common),
        journal_reference.seal_slot(kind=2, secret=os.urandom(16), **common),
    ):
        Slot.objects.create(journal=journal, **vars(wire_format.slot(made)))
    rows = []
    for number in range(1000):
        record = os.urandom(16)
        body = f"Entry {number}. " + "words " * 40
        data = {"v": 1, "title": "", "body": body, "created": f"2026-01-01T{number:08d}"}
        blob = journal_reference.seal_record(
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
