"""The journal in Chromium when something goes wrong: no network, two devices, other people, a server that cheats."""

from __future__ import annotations

from types import SimpleNamespace

from playwright.sync_api import Browser, Page, expect

from reflections.models import Journal, Record
from tests.browser.conftest import axe, base_url, shot, sign_in, sign_out
from tests.browser.journal import WORDS, set_up, unlock, write


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
