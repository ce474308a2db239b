"""Words typed into the journal are looked for wherever they could have ended up: tables, requests, logs, the disk."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import BrowserType, Page, Request, expect

from cohort.people.models import User
from reflections.models import Record
from tests.browser.conftest import chromium
from tests.browser.journal import confirm_code, unlock

CANARY = "ZANZIBAR-quillwort-7431"
PASSPHRASE = "obsidian marmalade 5 kettles CANARY"
CONTROL = "positive-control-8842"


def forms(text: str) -> list[bytes]:
    """A text in the shapes in which it might be kept: UTF-8, UTF-16, base64 at each of three offsets, hex."""
    raw = text.encode()
    found = [raw, text.encode("utf-16-le"), raw.hex().encode(), text.lower().encode()]
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + raw)[4 if offset else 0 : -4]
        found += [coded, coded.replace(b"+", b"-").replace(b"/", b"_")]
    return found


def database_bytes() -> bytes:
    """Every row of every table as text and, for binary columns, as the bytes themselves."""
    out = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                out += [bytes(cell) if isinstance(cell, memoryview | bytes) else str(cell).encode() for cell in row]
    return b"\n".join(out)


def holds(haystack: bytes, text: str) -> bool:
    return any(form in haystack for form in forms(text))


@pytest.fixture
def profile(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], live_server: Any, tmp_path: Path
) -> Iterator[SimpleNamespace]:
    """A browser with a profile folder of its own on disk."""
    folder = tmp_path / "profile"
    how = browser_type_launch_args | {"executable_path": chromium(whole=True)}
    context = browser_type.launch_persistent_context(folder, base_url=live_server.url, **how)
    context.set_default_timeout(8_000)
    yield SimpleNamespace(folder=folder, context=context, url=live_server.url)
    context.close()


def on_disk(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def enter(page: Page, user: User, url: str) -> None:
    from tests.conftest import signed_in

    cookie = next(iter(signed_in(user).cookies.values()))
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url, "httpOnly": True}])


def test_the_words_are_nowhere_but_on_the_screen(
    profile: SimpleNamespace, cast: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    page: Page = profile.context.new_page()
    sent: list[bytes] = []

    def keep(request: Request) -> None:
        headers = json.dumps(request.all_headers()).encode()
        sent.append(b"\n".join([request.url.encode(), headers, request.post_data_buffer or b""]))

    enter(page, cast.participant, profile.url)
    page.on("request", keep)
    page.goto("/journal/")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Use words of my own").click()
    page.get_by_label("Show it").first.check()  # a field that shows its text is one the browser may want to remember
    page.get_by_label("Your passphrase").press_sequentially(PASSPHRASE)
    page.wait_for_timeout(1500)
    page.get_by_label("Type it again").press_sequentially(PASSPHRASE)
    page.get_by_role("button", name="Continue").click()
    code = confirm_code(page)
    page.get_by_role("button", name="Finish and start writing").click()
    prompt = page.locator("details .tasks button").nth(2).inner_text()
    page.get_by_role("button", name=prompt).click()
    page.get_by_label("Your words").press_sequentially(CANARY)
    expect(page.get_by_text("Kept on this device, encrypted")).to_be_visible()
    page.wait_for_timeout(1500)  # the browser writes its session files now
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("button", name=CANARY)).to_be_visible()
    page.reload()
    page.get_by_label("Show it").check()
    page.get_by_label("Your journal passphrase").press_sequentially(PASSPHRASE)
    page.wait_for_timeout(1500)
    unlock(page, PASSPHRASE)
    page.get_by_role("button", name=CANARY).click()
    expect(page.get_by_label("Your words")).to_have_value(CANARY)
    page.get_by_label("Your words").press_sequentially(" and a draft that is not on the server")
    expect(page.get_by_text("Kept on this device, encrypted")).to_be_visible()
    page.wait_for_timeout(1500)

    # Positive control: what is put in the same places in clear is found there by the same search.
    cast.participant.preferred_name = CONTROL
    cast.participant.save(update_fields=["preferred_name"])
    page.evaluate(f"fetch('/journal/api/state?x={CONTROL}')")
    control = profile.context.new_page()
    control.goto("/commitments/")
    control.evaluate(
        """(text) => new Promise((done) => { const r = indexedDB.open("control", 1);
          r.onupgradeneeded = () => r.result.createObjectStore("x");
          r.onsuccess = () => { const t = r.result.transaction("x", "readwrite", { durability: "strict" });
            t.objectStore("x").put(text, 1); t.oncomplete = done; }; })""",
        CONTROL,
    )
    profile.context.close()
    assert Record.objects.filter(type=2).count() == 1
    disk, tables, requests = on_disk(profile.folder), database_bytes(), b"\n".join(sent)
    assert holds(disk, CONTROL)
    assert holds(tables, CONTROL)
    assert holds(requests, CONTROL)
    raw_code = code.replace("-", "")
    for secret in (CANARY, PASSPHRASE, code, raw_code, "a draft that is not on the server"):
        assert not holds(tables, secret), f"{secret} is in the database"
        assert not holds(requests, secret), f"{secret} was sent"
        assert not holds(disk, secret), f"{secret} is on the disk"
        assert secret not in caplog.text
    asked = [line for line in requests.splitlines() if re.search(rb"/journal/api/records/", line)]
    assert asked  # the sealed form did go out
    assert not holds(tables, prompt)
    assert not holds(requests, prompt)
    assert not holds(disk, prompt)
