"""The invariants of the protocol's section 7.2, one by one, against the real addresses."""

from __future__ import annotations

import hashlib
import logging
import os
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from cohort.outbox.models import Message
from cohort.people.models import HistoryEntry
from reflections.journal import actions as journal_actions
from reflections.journal import views as journal_views
from reflections.models import Journal, JournalEvent, Link, Record, Slot
from tests.conftest import signed_in
from tests.reflections.conftest import Hand
from tests.reflections.journal import journal_reference

WORDS = "What I would never say in the meeting"


# ------------------------------------------------------------------ 1: the owner, and nobody else
def test_what_is_written_is_read_back_by_its_owner(hand: Hand) -> None:
    record = hand.write(WORDS)
    assert hand.read() == {record: WORDS}


def test_nobody_else_reaches_a_journal(hand: Hand, cast: SimpleNamespace) -> None:
    record = hand.write(WORDS)
    assert hand.read() == {record: WORDS}  # it exists, and its owner reads it
    address = f"records/{journal_reference.b64u(record)}"
    names = ("facilitator", "coordinator", "screener", "steward", "other_participant", "superuser")
    for user in (getattr(cast, name) for name in names):
        other = Hand(user)
        assert other.client.get("/journal/api/state").json()["journal"] is None
        assert other.send("GET", "records", proof=None).status_code == 404
        for proof in ("own", hand.proof):
            assert other.send("DELETE", address, proof=proof).status_code == 404
            assert other.put(record, hand.seal("x", record, 2), 1, proof).status_code == 404
            assert other.send("DELETE", "journal", proof=proof).status_code == 404
            assert other.send("POST", "slots", {"slots": [hand.slot(1)]}, proof).status_code == 404
            assert other.send("POST", "rotation/finish", {}, proof).status_code == 404
            assert other.send("POST", "reset/cancel", {}, proof).status_code == 404
    assert hand.read() == {record: WORDS}


def test_another_person_with_a_journal_of_their_own_sees_only_that(hand: Hand, cast: SimpleNamespace) -> None:
    record = hand.write(WORDS)
    other = Hand(cast.other_participant)
    assert other.create().status_code == 201
    assert other.read() == {}
    assert other.send("DELETE", f"records/{journal_reference.b64u(record)}").status_code == 404
    assert hand.read() == {record: WORDS}


def test_nobody_signed_in_gets_401(hand: Hand) -> None:
    asked = [("GET", "state"), ("GET", "records"), ("GET", "prompts"), ("POST", "journal"), ("POST", "slots")]
    for method, path in asked:
        answer = Client().generic(method, f"/journal/api/{path}")
        assert (answer.status_code, answer.json()) == (401, {"error": "signed-out"})


def test_the_admin_knows_nothing_of_journals() -> None:
    from django.apps import apps

    assert not apps.is_installed("django.contrib.admin")  # were it added, journals must stay out of it


# ------------------------------------------------------------------ 2: what a record must look like
def spoiled(blob: bytes, at: int, value: int) -> bytes:
    return blob[:at] + bytes([value]) + blob[at + 1 :]


@pytest.mark.parametrize(
    ("at", "value", "code"),
    [(0, 0x51, "malformed"), (1, 0, "malformed"), (2, 2, "unsupported"), (3, 3, "malformed"), (3, 5, "malformed")],
)
def test_mark_version_and_type_are_checked(hand: Hand, at: int, value: int, code: str) -> None:
    record = os.urandom(16)
    blob = hand.seal(WORDS, record, 1)
    answer = hand.put(record, spoiled(blob, at, value))
    assert (answer.status_code, answer.json()["error"]) == (422, code)
    assert hand.put(record, blob).status_code == 200


@pytest.mark.parametrize("size", [0, 52, 2115, 2117, 4100, 65_605])
def test_only_the_six_sizes_are_taken(hand: Hand, size: int) -> None:
    record = os.urandom(16)
    assert hand.put(record, (hand.seal(WORDS, record, 1) * 40)[:size]).status_code == 422
    assert Record.objects.count() == 0


@pytest.mark.parametrize("readable", [b"a", "Ä Ö Ü é ".encode(), b"\xff", b"\x00\xff\x80A"])
def test_readable_or_thin_bytes_under_a_valid_header_are_refused(hand: Hand, readable: bytes) -> None:
    """Text, and bytes that deflate, are refused; a real ciphertext under the same header is taken."""
    record = os.urandom(16)
    sealed = hand.seal(WORDS, record, 1)
    forged = sealed[:52] + (readable * 2064)[:2064]
    answer = hand.put(record, forged)
    assert (answer.status_code, answer.json()["error"]) == (422, "not-sealed")
    assert hand.put(record, sealed).status_code == 200


def test_settings_live_at_the_vault_and_only_there(hand: Hand) -> None:
    elsewhere = os.urandom(16)
    assert hand.put(elsewhere, hand.seal("{}", elsewhere, 1, type_=4)).status_code == 422
    assert hand.put(hand.vault, hand.seal("{}", hand.vault, 1, type_=2)).status_code == 422
    assert hand.put(hand.vault, hand.seal("{}", hand.vault, 1, type_=4)).status_code == 200


def test_an_unknown_generation_is_refused(hand: Hand) -> None:
    record = os.urandom(16)
    hand.gen = 2
    answer = hand.put(record, hand.seal(WORDS, record, 1))
    assert (answer.status_code, answer.json()) == (409, {"error": "stale-gen", "gen": 1})


# ------------------------------------------------------------------ 3: compare and set
def test_a_save_needs_the_revision_that_the_server_has(hand: Hand) -> None:
    record = hand.write(WORDS)
    assert hand.put(record, hand.seal("two", record, 2), 1).json() == {"rev": 2}
    late = hand.put(record, hand.seal("late", record, 2), 1)
    assert late.status_code == 409
    row = late.json()["record"]
    assert (late.json()["error"], row["rev"], row["id"]) == ("conflict", 2, journal_reference.b64u(record))
    assert hand.read() == {record: "two"}


def test_a_save_of_something_deleted_is_a_conflict(hand: Hand) -> None:
    record = hand.write(WORDS)
    assert hand.send("DELETE", f"records/{journal_reference.b64u(record)}").status_code == 204
    answer = hand.put(record, hand.seal("again", record, 2), 1)
    assert (answer.status_code, answer.json()) == (409, {"error": "conflict", "record": None})


# ------------------------------------------------------------------ 4: slots
@pytest.mark.parametrize(
    "changes",
    [
        {"it": 599_999},
        {"it": 10_000_001},
        {"it": "1000000"},
        {"it": True},
        {"v": 2},
        {"kind": 4},
        {"kind": 0},
        {"pep": 1},
        {"salt": "AAAA"},
        {"iv": journal_reference.b64u(bytes(13))},
        {"ct": journal_reference.b64u(bytes(47))},
        {"commit": journal_reference.b64u(bytes(32)) + "="},
        {"id": journal_reference.b64u(bytes(15))},
        {"gen": 2},
        {"gen": 0},
    ],
)
def test_a_slot_of_another_shape_is_refused(cast: SimpleNamespace, changes: dict[str, Any]) -> None:
    hand = Hand(cast.participant)
    answer = hand.create(slots=[hand.slot(1, **changes), hand.slot(2)])
    assert answer.status_code == 422
    assert Journal.objects.count() == 0
    assert hand.create().status_code == 201


def test_base64url_that_is_not_canonical_is_refused(cast: SimpleNamespace) -> None:
    hand = Hand(cast.participant)
    text = journal_reference.b64u(bytes(32))
    assert hand.create(verifier=text[:-1] + "B").status_code == 422  # same bytes, left-over bits set
    assert hand.create(verifier=text).status_code == 201


def test_a_passphrase_and_a_code_are_both_needed_always(cast: SimpleNamespace) -> None:
    hand = Hand(cast.participant)
    for slots in ([hand.slot(1)], [hand.slot(2)], [], [hand.slot(1), hand.slot(1)]):
        assert hand.create(slots=slots).status_code in (409, 422)
        assert Journal.objects.count() == 0
    assert hand.create().status_code == 201
    assert hand.send("POST", "slots", {"slots": [hand.slot(3)]}).status_code == 422


def test_replacing_is_atomic_and_keeps_one_of_each_kind(hand: Hand) -> None:
    before = {slot.kind: slot.slot_id for slot in Slot.objects.all()}
    assert hand.send("POST", "slots", {"slots": [hand.slot(1)]}).status_code == 200
    after = {slot.kind: slot.slot_id for slot in Slot.objects.all()}
    assert after.keys() == {1, 2}
    assert (after[1] != before[1], after[2] == before[2]) == (True, True)
    bad = hand.send("POST", "slots", {"slots": [hand.slot(1), hand.slot(2, it=5)]})
    assert bad.status_code == 422
    assert {slot.kind: slot.slot_id for slot in Slot.objects.all()} == after


def test_the_database_itself_holds_the_line(hand: Hand) -> None:
    journal = Journal.objects.get()
    sizes = {"salt": bytes(32), "commit": bytes(32), "iv": bytes(12), "ct": bytes(48), "slot_id": os.urandom(16).hex()}
    for changes in (
        {"kind": 1, "gen": 1, "it": 600_000},
        {"kind": 3, "gen": 1, "it": 1},
        {"kind": 3, "gen": 1, "salt": bytes(31)},
        {"kind": 1, "gen": 9, "it": 599_999},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Slot.objects.create(journal=journal, **{**sizes, **changes})
    for values in (
        {"type": 3, "rev": 1, "blob": bytes(2116)},
        {"type": 2, "rev": 0, "blob": bytes(2116)},
        {"type": 2, "rev": 1, "blob": bytes(2000)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Record.objects.create(journal=journal, record_id=os.urandom(16).hex(), gen=1, **values)


# ------------------------------------------------------------------ 5: proof
@pytest.mark.parametrize("proof", [None, "", "x", journal_reference.b64u(bytes(32)), journal_reference.b64u(bytes(31))])
def test_every_write_needs_the_proof(hand: Hand, proof: str | None) -> None:
    record = hand.write(WORDS)
    address = f"records/{journal_reference.b64u(record)}"
    before = {slot.slot_id for slot in Slot.objects.all()}
    for answer in (
        hand.put(record, hand.seal("x", record, 2), 1, proof),
        hand.send("DELETE", address, proof=proof),
        hand.send("POST", "slots", {"slots": [hand.slot(1)]}, proof),
        hand.send("DELETE", "journal", proof=proof),
        hand.send("POST", "reset/cancel", {}, proof),
    ):
        assert (answer.status_code, answer.json()) == (403, {"error": "proof"})
    assert hand.read() == {record: WORDS}
    assert {slot.slot_id for slot in Slot.objects.all()} == before


def test_only_the_hash_of_the_proof_is_stored(hand: Hand) -> None:
    token = journal_reference.unb64u(hand.proof)
    assert bytes(Journal.objects.get().write_verifier) == hashlib.sha256(token).digest() != token


def test_a_second_journal_is_refused(hand: Hand) -> None:
    again = Hand(hand.user, hand.client)
    assert (again.create().status_code, Journal.objects.count()) == (409, 1)


# ------------------------------------------------------------------ 6: limits
def test_keys_change_at_most_twenty_times_an_hour(hand: Hand) -> None:
    cache.clear()  # making the journal counted once
    codes = [hand.send("POST", "slots", {"slots": [hand.slot(2)]}).status_code for _ in range(21)]
    assert codes == [200] * 20 + [429]
    assert hand.send("POST", "slots", {"slots": [hand.slot(2)]}).json()["error"] == "too-often"


def test_writes_are_limited_per_minute_and_per_person(
    hand: Hand, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert journal_views.WRITES == ("writes", 120, 60)
    monkeypatch.setattr(journal_views, "WRITES", ("writes", 120, 3600))  # however slow the machine is
    record, blob = os.urandom(16), hand.seal(WORDS, os.urandom(16), 1)
    codes = [hand.put(record, blob, base).status_code for base in range(121)]
    assert codes == [200] * 120 + [429]
    other = Hand(cast.other_participant)
    assert other.create().status_code == 201
    other.write(WORDS)


def test_a_journal_has_an_end(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    record = hand.write(WORDS)
    monkeypatch.setattr(journal_actions, "MAX_RECORDS", 1)
    other = os.urandom(16)
    assert hand.put(other, hand.seal("x", other, 1)).status_code == 413
    assert hand.put(record, hand.seal("y", record, 2), 1).status_code == 200
    monkeypatch.setattr(journal_actions, "MAX_BYTES", 2116)
    assert hand.put(record, hand.seal("z", record, 3), 2).status_code == 413


def test_a_body_that_is_too_large_is_refused(hand: Hand) -> None:
    record = os.urandom(16)
    assert hand.put(record, os.urandom(3_000_000)).status_code in (400, 413, 422)
    assert Record.objects.count() == 0


# ------------------------------------------------------------------ 7: logs
def test_no_proof_body_or_record_id_reaches_the_logs(hand: Hand, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("", "django", "django.request"):
        caplog.set_level(logging.DEBUG, name)
    record = hand.write(WORDS)
    assert hand.put(record, hand.seal("x", record, 2), 7).status_code == 409
    assert hand.send("POST", "slots", {"slots": [hand.slot(1, it=3)]}).status_code == 422
    assert "Conflict: /journal/api/records/…" in caplog.text  # positive control: the request was logged
    ours = [line for line in caplog.text.splitlines() if "django.db.backends" not in line]
    for secret in (hand.proof, journal_reference.b64u(record), record.hex()):
        assert not any(secret in line for line in ours)


def test_the_proof_is_gone_before_an_error_report_is_made(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def breaks(**kwargs: Any) -> None:
        raise RuntimeError("on purpose")

    def look(sender: Any, request: Any, **kwargs: Any) -> None:
        seen.update(request.META)

    from django.core.signals import got_request_exception

    monkeypatch.setattr(journal_actions, "put_record", breaks)
    got_request_exception.connect(look)
    hand.client.raise_request_exception = False
    record = os.urandom(16)
    try:
        assert hand.put(record, hand.seal(WORDS, record, 1)).status_code == 500
    finally:
        got_request_exception.disconnect(look)
    assert "REQUEST_METHOD" in seen
    assert hand.proof not in repr(seen)


@pytest.mark.db  # searches for seconds
# ------------------------------------------------------------------ 8: the server cannot
def test_the_server_has_no_way_to_open_anything() -> None:
    """No cipher is imported by the server, and the reference implementation is not reachable from it."""
    import subprocess
    import sys
    from pathlib import Path

    root = Path(__file__).resolve().parents[3]
    for path in (root / "reflections").rglob("*.py"):
        text = path.read_text()
        for word in ("cryptography", "AESGCM", "pbkdf2", "hkdf", "journal_reference", "decrypt("):
            assert word not in text, f"{path} speaks of {word}"
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            "import django,sys;django.setup();import reflections.urls;"
            "print([m for m in sys.modules if m.startswith('tests')])",
        ],
        capture_output=True,
        text=True,
        cwd=root,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "cohort.settings"},
        check=True,
    )
    assert found.stdout.strip() == "[]"


def test_what_the_tables_hold_has_no_time_and_no_words(hand: Hand) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [Record._meta.db_table]
        )
        columns = {row[0] for row in cursor.fetchall()}
    assert columns == {"journal_id", "record_id", "type", "gen", "rev", "blob"}
    before = HistoryEntry.objects.count()
    hand.write(WORDS)
    assert HistoryEntry.objects.count() == before


# ------------------------------------------------------------------ 9: caches
def test_nothing_is_kept_by_a_cache_and_leaving_keeps_drafts(hand: Hand) -> None:
    for path in ("state", "records", "prompts"):
        answer = hand.client.get(f"/journal/api/{path}")
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    refused = hand.send("POST", "slots", {"slots": []})
    assert (refused.status_code, refused["Cache-Control"]) == (422, "no-store")
    assert "Clear-Site-Data" not in hand.client.post("/accounts/logout/").headers


# ------------------------------------------------------------------ rotation, deleting, starting again
def rotate_to(hand: Hand) -> tuple[Hand, dict[str, Any]]:
    new = Hand(hand.user, hand.client)
    new.vault, new.gen = hand.vault, hand.gen + 1
    link = journal_reference.seal_link(
        new.key, hand.key, vault=hand.vault, gen=new.gen, old_gen=hand.gen, random=os.urandom
    )
    token = journal_reference.unb64u(new.proof)
    return new, {
        "gen": new.gen,
        "verifier": journal_reference.b64u(hashlib.sha256(token).digest()),
        "slots": [new.slot(1), new.slot(2)],
        "link": journal_reference.b64u(link),
    }


def test_a_journal_moves_to_a_new_key_and_the_old_one_stops_working(hand: Hand) -> None:
    record = hand.write(WORDS)
    new, start = rotate_to(hand)
    assert hand.send("POST", "rotation/start", start, proof=new.proof).status_code == 403
    assert hand.send("POST", "rotation/start", start).status_code == 201
    assert hand.send("POST", "rotation/start", start).status_code == 409
    assert new.send("POST", "rotation/finish", {}).json() == {"error": "records-left", "left": 1}
    assert new.put(record, new.seal(WORDS, record, 2), 1).json() == {"rev": 2}
    assert hand.send("POST", "rotation/finish", {}).status_code == 403
    assert new.send("POST", "rotation/finish", {}).json() == {"gen": 2}
    assert new.read() == {record: WORDS}
    assert set(Slot.objects.values_list("gen", flat=True)) == {2}
    stale = hand.put(record, hand.seal("stale", record, 3), 2)
    assert (stale.status_code, stale.json()["error"]) == (409, "stale-gen")
    assert hand.send("DELETE", "journal").status_code == 403
    assert Link.objects.get().drop_after == timezone.localdate() + timezone.timedelta(days=90)
    Link.objects.update(drop_after=timezone.localdate() - timezone.timedelta(days=1))
    assert (journal_actions.drop_old_links(), Link.objects.count()) == (1, 0)


def test_an_entry_never_goes_back_to_an_older_key(hand: Hand) -> None:
    record = hand.write(WORDS)
    new, start = rotate_to(hand)
    assert hand.send("POST", "rotation/start", start).status_code == 201
    assert new.put(record, new.seal(WORDS, record, 2), 1).status_code == 200
    assert hand.put(record, hand.seal("old key", record, 3), 2).status_code == 422


def test_deleting_leaves_nothing(hand: Hand) -> None:
    record = hand.write(WORDS)
    assert hand.send("DELETE", f"records/{journal_reference.b64u(record)}").status_code == 204
    assert Record.objects.count() == 0
    hand.write(WORDS)
    assert hand.send("DELETE", "journal").status_code == 204
    assert [model.objects.count() for model in (Journal, Slot, Record, Link, JournalEvent)] == [0] * 5


def test_an_account_takes_its_journal_along(hand: Hand) -> None:
    hand.write(WORDS)
    hand.user.delete()
    assert [model.objects.count() for model in (Journal, Slot, Record)] == [0] * 3


def test_starting_again_needs_a_fresh_sign_in_seven_days_and_tells_the_owner(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand.write(WORDS)
    answer = hand.send("POST", "reset/start", {}, proof=None)
    assert (answer.status_code, answer.json()["error"]) == (403, "sign-in-again")
    again = hand.client.post("/accounts/reauthenticate/", {"password": "pass-phrase-1"})
    assert again.status_code == 302
    assert hand.send("POST", "reset/start", {}, proof=None).status_code == 202
    due = Journal.objects.get().reset_on
    assert due == timezone.localdate() + timezone.timedelta(days=7)
    assert Message.objects.filter(kind="journal_notice", refs__what="reset_asked").count() == 1
    assert hand.send("POST", "reset/finish", {}, proof=None).json()["error"] == "too-early"
    assert hand.send("POST", "reset/cancel", {}).status_code == 200  # whoever has the key keeps the journal
    assert Journal.objects.get().reset_on is None
    assert hand.send("POST", "reset/start", {}, proof=None).status_code == 202
    Journal.objects.update(reset_on=timezone.localdate())
    assert hand.send("POST", "reset/finish", {}, proof=None).status_code == 204
    assert Journal.objects.count() == 0


def test_changes_of_keys_are_told_by_mail_without_saying_more(hand: Hand) -> None:
    hand.send("POST", "slots", {"slots": [hand.slot(1)]})
    hand.send("POST", "slots", {"slots": [hand.slot(1), hand.slot(2)]})
    rows = Message.objects.filter(kind="journal_notice").order_by("created_at")
    assert sorted(row.refs["what"] for row in rows) == ["both", "created", "passphrase"]
    assert all(row.cohort_id is None and list(row.refs) == ["what"] for row in rows)
    assert sorted(JournalEvent.objects.values_list("kind", flat=True)) == ["both", "created", "passphrase"]


def test_pages_of_two_hundred(hand: Hand) -> None:
    journal = Journal.objects.get()
    Record.objects.bulk_create(
        Record(journal=journal, record_id=os.urandom(16).hex(), type=2, gen=1, rev=1, blob=os.urandom(2116))
        for _ in range(205)
    )
    first = hand.client.get("/journal/api/records").json()
    second = hand.client.get(f"/journal/api/records?after={first['next']}").json()
    assert (len(first["records"]), len(second["records"]), second["next"]) == (200, 5, None)
    assert len({row["id"] for row in first["records"] + second["records"]}) == 205


def test_csrf_is_checked_for_writes(cast: SimpleNamespace) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.participant)
    hand = Hand(cast.participant, client)
    assert hand.create().status_code == 403
    token = client.get("/journal/api/state").json()["csrf"]
    client.defaults["HTTP_X_CSRFTOKEN"] = token
    assert hand.create().status_code == 201
    assert signed_in(cast.participant).get("/journal/api/state").json()["journal"]["gen"] == 1
