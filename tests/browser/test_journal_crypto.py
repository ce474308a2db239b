# ruff: noqa: E501 - programs for the browser read better unbroken
"""The browser's reading of the protocol: the vectors byte for byte, everything near them refused, and the shell itself."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import base_url, sign_in
from tests.reflections.journal import journal_reference

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "reflections" / "journal_vectors.json").read_text())
LOAD = """
const [bytes, passphrase, recovery, slots, records] = await Promise.all(
  ["bytes", "passphrase", "recovery", "slots", "records"].map((name) => import(`/static/journal/${name}.js`)));
const counter = () => { let at = 0; return (size) => Uint8Array.from({ length: size }, () => at++ % 256); };
const code = async (work) => { try { await work(); return "opened"; } catch (error) { return error.code ?? String(error); } };
const flip = (array, at) => { const copy = array.slice(); copy[at] ^= 1; return copy; };
"""


@pytest.fixture(autouse=True)
def _somebody(page: Page, cast: SimpleNamespace) -> None:
    sign_in(page, cast.participant)


def run(page: Page, script: str, data: Any = None) -> Any:
    """Run ``script`` in the journal's own page, with its modules at hand; ``data`` is what Python passes."""
    return page.evaluate(f"async (data) => {{ {LOAD} {script} }}", data)


def test_all_vectors_are_reproduced(page: Page) -> None:
    page.goto("/journal/")
    made = run(
        page,
        """
        const random = counter();
        const vault = random(16), journalKey = random(32), raw = random(16);
        const common = { vault, gen: 1, random };
        const one = await slots.sealSlot({ kind: 1, secret: data.passphrase, journalKey, it: 600000, ...common });
        const two = await slots.sealSlot({ kind: 2, secret: raw, journalKey, ...common });
        const entry = random(16);
        const key = await slots.importJournalKey(journalKey);
        const place = { type: 2, gen: 1, vault, id: entry, rev: 1 };
        const blob = await records.sealRecord(key, place, data.entry_json, random);
        const token = await slots.writeToken(key, vault, 1);
        const pepper = random(32);
        const peppered = await slots.sealSlot({ kind: 1, secret: data.peppered_passphrase, it: 600000, pep: 1, pepper,
          journalKey: new Uint8Array(32).fill(9), ...common });
        return {
          passphrase_normalised: passphrase.normalise(data.passphrase), vault: bytes.toHex(vault),
          journal_key: bytes.toHex(journalKey), recovery_raw: bytes.toHex(raw),
          recovery_code: await recovery.encodeRecovery(raw), slots: [one, two], entry_id: bytes.toHex(entry), entry_rev: 1,
          entry_json: await records.openRecord(key, place, blob), entry_blob_b64u: bytes.toB64u(blob),
          entry_blob_b64u_first_104: bytes.toB64u(blob).slice(0, 104),
          entry_blob_sha256: bytes.toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", blob))),
          write_token: bytes.toHex(token), write_verifier_sha256: bytes.toHex(await slots.verifierOf(token)),
          pepper: bytes.toHex(pepper), peppered_slot: peppered, peppered_passphrase: data.peppered_passphrase,
          peppered_wraps: "09".repeat(32),
        };
        """,
        VECTORS,
    )
    assert made == {name: VECTORS[name] for name in made}
    assert set(VECTORS) - set(made) == {"note", "passphrase"}


def test_everything_near_the_vectors_is_refused(page: Page) -> None:
    page.goto("/journal/")
    seen = run(
        page,
        """
        const [one, two] = data.slots;
        const vault = bytes.fromHex(data.vault), other = flip(vault, 3), id = bytes.fromHex(data.entry_id);
        const secret = data.passphrase, raw = bytes.fromHex(data.recovery_raw);
        const open = (changes, also = {}) => code(() => slots.openSlot({ json: { ...one, ...changes }, secret, vault, gen: 1, ...also }));
        const spoil = (name) => bytes.toB64u(flip(bytes.fromB64u(one[name]), 5));
        const key = await slots.openSlot({ json: one, secret, vault, gen: 1 });
        const blob = bytes.fromB64u(data.entry_blob_b64u);
        const place = { type: 2, gen: 1, vault, id, rev: 1 };
        const record = (changes, what = blob) => code(() => records.openRecord(key, { ...place, ...changes }, what));
        const headers = [];
        for (let at = 0; at < 52; at += 1) headers.push(await record({}, flip(blob, at)));
        const wrong = data.recovery_code.replace("60RK", "60RJ");
        return {
          right: await open({}), record: await record({}), exportable: key.extractable, usages: key.usages.slice().sort(),
          passphrase: await open({}, { secret: "Café 1 walnut quie" }), case_matters: await open({}, { secret: secret.toLowerCase() }),
          vault: await open({}, { vault: other }), gen: await open({ gen: 2 }), gen_both: await open({ gen: 2 }, { gen: 2 }),
          it_low: await open({ it: 599999 }), it_high: await open({ it: 10000001 }), it_huge: await open({ it: 4e9 }),
          it_other: await open({ it: 600001 }), pep: await open({ pep: 1 }), v: await open({ v: 2 }), kind: await open({ kind: 4 }),
          id: await open({ id: spoil("id") }), salt: await open({ salt: spoil("salt") }), commit: await open({ commit: spoil("commit") }),
          iv: await open({ iv: spoil("iv") }), ct: await open({ ct: spoil("ct") }), ct_short: await open({ ct: one.ct.slice(0, -4) }),
          not_canonical: await open({ iv: one.iv.slice(0, -1) + "=" }), left_over: await open({ id: one.id.slice(0, -1) + "x" }),
          recovery_typo: await code(() => recovery.decodeRecovery(wrong)),
          recovery_messy: bytes.toHex(await recovery.decodeRecovery(" 6ork 4csm-6mv3\u20131ee1s78xk rf9y-7w6k".replace("1ee", "ee"))),
          recovery_other: await code(() => slots.openSlot({ json: two, secret: flip(raw, 0), vault, gen: 1 })),
          recovery_right: await code(() => slots.openSlot({ json: two, secret: raw, vault, gen: 1 })),
          peppered: await code(() => slots.openSlot({ json: data.peppered_slot, secret: data.peppered_passphrase, vault, gen: 1, pepper: bytes.fromHex(data.pepper) })),
          pepper_missing: await code(() => slots.openSlot({ json: data.peppered_slot, secret: data.peppered_passphrase, vault, gen: 1 })),
          headers, rev_low: await record({ rev: 0 }), rev_high: await record({ rev: 2 }), id_other: await record({ id: other }),
          vault_other: await record({ vault: other }), type: await record({ type: 3 }), type_blob: await record({}, (() => { const b = blob.slice(); b[3] = 3; return b; })()),
          gen_record: await record({ gen: 2 }), tag: await record({}, flip(blob, blob.length - 1)), body: await record({}, flip(blob, 60)),
          short: await record({}, blob.slice(0, -1)),
          padding: await Promise.all(data.padded.map((text) => record({}, bytes.fromB64u(text)))),
          too_long: await code(async () => records.pad("x".repeat(65533))), longest: records.pad("x".repeat(65532)).length,
        };
        """,
        VECTORS | {"padded": badly_padded()},
    )
    headers = ["unsupported" if at == 2 else "tampered" for at in range(52)]
    tampered = dict.fromkeys(
        [
            "gen",
            "gen_both",
            "id_other",
            "iv",
            "ct",
            "ct_short",
            "not_canonical",
            "left_over",
            "rev_low",
            "rev_high",
            "vault_other",
            "type",
            "type_blob",
            "gen_record",
            "tag",
            "body",
            "short",
            "pep",
        ],
        "tampered",
    )
    wrong = dict.fromkeys(
        ["passphrase", "case_matters", "vault", "it_other", "id", "salt", "commit", "recovery_other", "pepper_missing"],
        "wrong-secret",
    )
    assert seen == {
        "right": "opened",
        "record": "opened",
        "exportable": False,
        "usages": ["deriveBits", "deriveKey"],
        "it_low": "unsupported",
        "it_high": "unsupported",
        "it_huge": "unsupported",
        "v": "unsupported",
        "kind": "unsupported",
        "recovery_typo": "bad-code",
        "recovery_messy": VECTORS["recovery_raw"],
        "recovery_right": "opened",
        "peppered": "opened",
        "headers": headers,
        "padding": ["tampered"] * 4,
        "too_long": "too-long",
        "longest": 65536,
        **tampered,
        **wrong,
    }


def badly_padded() -> list[str]:
    """Records whose seal is right and whose padding is not; the reference makes them, since the browser cannot."""
    place = {
        "type_": 2,
        "gen": 1,
        "vault": bytes.fromhex(VECTORS["vault"]),
        "record": bytes.fromhex(VECTORS["entry_id"]),
        "rev": 1,
    }
    inside = [
        journal_reference.u32(3000).ljust(2048, b"\0"),
        (journal_reference.u32(2) + b"hi").ljust(2047, b"\0") + b"x",
        (journal_reference.u32(2) + b"hi").ljust(4096, b"\0"),
        (journal_reference.u32(2) + b"\xff\xfe").ljust(2048, b"\0"),
    ]
    key = bytes.fromhex(VECTORS["journal_key"])
    return [
        journal_reference.b64u(journal_reference.seal_padded(key, raw, random=journal_reference.counter(), **place))
        for raw in inside
    ]


def test_links_open_the_older_key_and_nothing_else(page: Page) -> None:
    page.goto("/journal/")
    vault, new, old = bytes(range(16)), bytes([7] * 32), bytes([5] * 32)
    link = journal_reference.seal_link(new, old, vault=vault, gen=2, old_gen=1, random=journal_reference.counter())
    seen = run(
        page,
        """
        const vault = bytes.fromHex(data.vault), raw = (value) => new Uint8Array(32).fill(value);
        const key = await slots.importJournalKey(raw(7)), other = await slots.importJournalKey(raw(8));
        const place = { vault, gen: 2, oldGen: 1 }, link = bytes.fromB64u(data.link);
        const open = (changes, what = link, by = key) => code(() => records.openLink(by, { ...place, ...changes }, what));
        const opened = await records.openLink(key, place, link);
        return {
          token: bytes.toHex(await slots.writeToken(opened, vault, 1)), made: bytes.toB64u(await records.sealLink(key, place, raw(5), counter())),
          refused: [await open({}, link, other), await open({ gen: 3 }), await open({ oldGen: 2 }), await open({ vault: flip(vault, 0) }), await open({}, flip(link, 99))],
        };
        """,
        {"vault": vault.hex(), "link": journal_reference.b64u(link)},
    )
    assert seen == {
        "token": journal_reference.write_token(old, vault, 1).hex(),
        "made": journal_reference.b64u(link),
        "refused": ["tampered"] * 5,
    }


def test_suggested_words_are_drawn_evenly_and_never_by_the_server(page: Page) -> None:
    page.goto("/journal/")
    seen = run(
        page,
        """
        const { WORDS } = await import("/static/journal/wordlist.js");
        const values = [0xffffffff, 0xfffff800, 5, 2047, 2048, 4095, 0, 1];
        const source = () => { const v = values.shift(); return bytes.u32(v); };
        const rejecting = [0xffffffff, 0xfffffffe, 7].values();
        return {
          words: passphrase.suggest(source), expected: [0xffffffff % 2048, 0xfffff800 % 2048, 5, 2047, 0, 2047].map((i) => WORDS[i]).join(" "),
          rejected: bytes.randomBelow(10, () => bytes.u32(rejecting.next().value)),
          different: new Set(Array.from({ length: 50 }, () => passphrase.suggest())).size,
          weak: ["short", "aaaaaaaaaaaaaaaaaaaa", "one two three four five", "ana@example.org2026", "iloveyou", "fifteen letters!"].map(
            (text) => passphrase.weakness(text, { common: new Set(["iloveyou"]), avoid: ["ana@example.org", "Ana", "Cohort"] })),
          limit: passphrase.weakness("x".repeat(1025)),
        };
        """,
    )
    assert seen["words"] == seen["expected"]
    assert (seen["rejected"], seen["different"], seen["limit"]) == (7, 50, "passphrase-too-long")
    assert seen["weak"] == [
        "passphrase-short",
        "passphrase-repeats",
        None,
        "passphrase-personal",
        "passphrase-short",
        None,
    ]


def test_a_changed_module_does_not_run(page: Page, expected_errors: list[str]) -> None:
    """What the server serves beside the manifest is blocked by the browser, before a passphrase could be typed."""
    expected_errors.append("integrity|Integrity|Failed to load|digest")

    def spoil(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text() + "\n// one line more\n")

    page.goto("/journal/")
    page.wait_for_selector("#waiting", state="detached")  # positive control: untouched, it runs
    page.route("**/journal/slots*.js", spoil)
    page.goto("/journal/")
    page.wait_for_timeout(500)
    assert page.locator("#waiting").count() == 1
    assert page.locator("#page").inner_text() == ""


def test_no_text_can_become_markup_here(page: Page, expected_errors: list[str]) -> None:
    expected_errors.append("TrustedHTML|Content Security Policy|violates")
    page.goto("/journal/")
    outcome = page.evaluate(
        """() => { try { document.body.innerHTML = "<b>x</b>"; return "changed"; } catch (error) { return error.name; } }"""
    )
    assert outcome == "TypeError"
    sent = page.evaluate("() => fetch('https://example.org/').then(() => 'sent', () => 'blocked')")
    assert sent == "blocked"
    assert base_url(page).startswith("http")
