"""The written protocol and our reading of it agree, byte for byte; everything near it is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.reflections.journal import journal_reference

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "journal_vectors.json").read_text())
VAULT, KEY = bytes.fromhex(VECTORS["vault"]), bytes.fromhex(VECTORS["journal_key"])
ENTRY, BLOB = bytes.fromhex(VECTORS["entry_id"]), journal_reference.unb64u(VECTORS["entry_blob_b64u"])
PLACE: dict[str, Any] = {"type_": 2, "gen": 1, "vault": VAULT, "record": ENTRY, "rev": 1}
OTHER = bytes(reversed(range(16)))


def test_all_vectors_are_reproduced() -> None:
    made = journal_reference.make_vectors()
    assert made == {name: VECTORS[name] for name in made}
    assert set(VECTORS) - set(made) == {"note", "passphrase"}
    assert journal_reference.normalise(VECTORS["passphrase"]) == VECTORS["passphrase_normalised"]


def test_the_slots_and_the_entry_open() -> None:
    passphrase, recovery = VECTORS["slots"]
    assert journal_reference.open_slot(passphrase, secret=VECTORS["passphrase"], vault=VAULT, gen=1) == KEY
    raw = journal_reference.decode_recovery(" 6ork 4csm-6mv3–ee1s78xk rf9y-7w6k")
    assert journal_reference.open_slot(recovery, secret=raw, vault=VAULT, gen=1) == KEY
    assert journal_reference.open_record(KEY, BLOB, **PLACE) == VECTORS["entry_json"]
    assert journal_reference.open_slot(
        VECTORS["peppered_slot"],
        secret=VECTORS["peppered_passphrase"],
        vault=VAULT,
        gen=1,
        pepper=bytes.fromhex(VECTORS["pepper"]),
    ) == bytes([9] * 32)


@pytest.mark.parametrize("at", range(52))
def test_each_byte_of_the_header_is_bound(at: int) -> None:
    spoiled = BLOB[:at] + bytes([BLOB[at] ^ 1]) + BLOB[at + 1 :]
    with pytest.raises(journal_reference.Refused) as error:
        journal_reference.open_record(KEY, spoiled, **PLACE)
    assert error.value.code == ("unsupported" if at == 2 else "tampered")


@pytest.mark.parametrize(
    "change", [{"rev": 0}, {"rev": 2}, {"record": OTHER}, {"vault": OTHER}, {"type_": 3}, {"gen": 2}]
)
def test_an_entry_opens_only_where_it_belongs(change: dict[str, Any]) -> None:
    assert journal_reference.open_record(KEY, BLOB, **PLACE)
    with pytest.raises(journal_reference.Refused) as error:
        journal_reference.open_record(KEY, BLOB, **PLACE | change)
    assert error.value.code == "tampered"


@pytest.mark.parametrize(
    "padded",
    [
        journal_reference.u32(3000).ljust(2048, b"\0"),  # the length says more than there is
        (journal_reference.u32(2) + b"hi").ljust(2047, b"\0") + b"x",  # padding that is not zero
        (journal_reference.u32(2) + b"hi").ljust(4096, b"\0"),  # a larger size than needed
        (journal_reference.u32(2) + b"\xff\xfe").ljust(2048, b"\0"),  # not text
    ],
)
def test_wrong_padding_is_refused_though_the_seal_is_right(padded: bytes) -> None:
    blob = journal_reference.seal_padded(KEY, padded, **PLACE, random=journal_reference.counter())
    with pytest.raises(journal_reference.Refused) as error:
        journal_reference.open_record(KEY, blob, **PLACE)
    assert error.value.code == "tampered"


@pytest.mark.parametrize("text", ["QQ=", "QR", "Q", "Q Q", "QQ+_", "QUJ/"])
def test_base64url_has_one_form_only(text: str) -> None:
    with pytest.raises(journal_reference.Refused):
        journal_reference.unb64u(text)


def test_sizes_leak_little() -> None:
    assert {len(journal_reference.pad("x" * size)) + 68 for size in (0, 2044, 2045, 9000, 20000, 40000, 65532)} == {
        2116,
        4164,
        16452,
        32836,
        65604,
    }
    with pytest.raises(journal_reference.Refused, match="too-long"):
        journal_reference.pad("x" * 65533)
