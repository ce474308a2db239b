"""The journal protocol, written a second time and on its own, with `cryptography`.

Only tests use it: the server has no way to open a journal, and this file must never be imported by it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import struct
import unicodedata
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Random = Callable[[int], bytes]
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BUCKETS = [2048 << step for step in range(6)]


class Refused(Exception):  # noqa: N818
    """Carries the same codes as the browser's JournalError."""

    @property
    def code(self) -> str:
        return str(self.args[0])


def counter() -> Random:
    """The vectors' source of randomness: 00, 01, 02, … and round again."""
    at = 0

    def take(size: int) -> bytes:
        nonlocal at
        out = bytes((at + step) % 256 for step in range(size))
        at += size
        return out

    return take


def b64u(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64u(text: str) -> bytes:
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        raise Refused("tampered")
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64u(raw) != text:
        raise Refused("tampered")
    return raw


def label(name: str) -> bytes:
    return f"private-journal/v1 {name}".encode("ascii")


def u8(value: int) -> bytes:
    return bytes([value])


def u32(value: int) -> bytes:
    return struct.pack(">I", value)


def hkdf(material: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=info).derive(material)


def normalise(text: str) -> str:
    text = re.sub(r"[\t\n\x0b\x0c\r ]+", " ", unicodedata.normalize("NFKC", text))
    return text.removeprefix(" ").removesuffix(" ")


# ------------------------------------------------------------------ recovery code
def _check(raw: bytes) -> int:
    return int.from_bytes(hashlib.sha256(label("recovery check") + raw).digest()[:2], "big") >> 4


def encode_recovery(raw: bytes) -> str:
    number = int.from_bytes(raw, "big") << 12 | _check(raw)
    letters = "".join(LETTERS[number >> 5 * (27 - at) & 31] for at in range(28))
    return "-".join(letters[at : at + 4] for at in range(0, 28, 4))


def decode_recovery(text: str) -> bytes:
    text = re.sub(r"[\s‐-―−-]", "", text.upper()).replace("O", "0").replace("I", "1").replace("L", "1")
    if len(text) != 28 or any(letter not in LETTERS for letter in text):
        raise Refused("bad-code")
    number = 0
    for letter in text:
        number = number << 5 | LETTERS.index(letter)
    raw = (number >> 12).to_bytes(16, "big")
    if number & 0xFFF != _check(raw):
        raise Refused("bad-code")
    return raw


# ------------------------------------------------------------------ slots
def _slot_keys(slot: dict[str, Any], secret: str | bytes, vault: bytes, pepper: bytes | None) -> tuple[bytes, bytes]:
    salt, slot_id, kind = unb64u(slot["salt"]), unb64u(slot["id"]), u8(slot["kind"])
    if isinstance(secret, str):
        material = hashlib.pbkdf2_hmac(
            "sha256", normalise(secret).encode(), label("pbkdf2") + vault + salt, slot["it"], 32
        ) + (pepper or bytes(32))
    else:
        material = secret
    return (
        hkdf(material, salt, label("slot kek") + kind + vault + slot_id),
        hkdf(material, salt, label("slot commit") + kind + vault + slot_id),
    )


def _slot_aad(slot: dict[str, Any], vault: bytes) -> bytes:
    return (
        label("slot aad")
        + u8(slot["kind"])
        + u32(slot["gen"])
        + vault
        + unb64u(slot["id"])
        + u32(slot["it"])
        + u8(slot["pep"])
        + unb64u(slot["salt"])
    )


def seal_slot(
    *,
    kind: int,
    secret: str | bytes,
    journal_key: bytes,
    vault: bytes,
    gen: int,
    random: Random,
    it: int = 0,
    pep: int = 0,
    pepper: bytes | None = None,
) -> dict[str, Any]:
    slot: dict[str, Any] = {"v": 1, "kind": kind, "id": b64u(random(16)), "gen": gen, "it": it, "pep": pep}
    slot["salt"] = b64u(random(32))
    iv = random(12)
    kek, commit = _slot_keys(slot, secret, vault, pepper)
    slot |= {"commit": b64u(commit), "iv": b64u(iv)}
    return slot | {"ct": b64u(AESGCM(kek).encrypt(iv, journal_key, _slot_aad(slot, vault)))}


def open_slot(
    slot: dict[str, Any], *, secret: str | bytes, vault: bytes, gen: int, pepper: bytes | None = None
) -> bytes:
    if slot["v"] != 1 or slot["kind"] not in (1, 2, 3):
        raise Refused("unsupported")
    sizes = {"id": 16, "salt": 32, "commit": 32, "iv": 12, "ct": 48}
    if any(len(unb64u(slot[name])) != size for name, size in sizes.items()) or slot["gen"] != gen:
        raise Refused("tampered")
    if slot["kind"] == 1 and not 600_000 <= slot["it"] <= 10_000_000:
        raise Refused("unsupported")
    kek, commit = _slot_keys(slot, secret, vault, pepper)
    if not hmac.compare_digest(commit, unb64u(slot["commit"])):
        raise Refused("wrong-secret")
    try:
        return AESGCM(kek).decrypt(unb64u(slot["iv"]), unb64u(slot["ct"]), _slot_aad(slot, vault))
    except InvalidTag as error:
        raise Refused("tampered") from error


def write_token(journal_key: bytes, vault: bytes, gen: int) -> bytes:
    return hkdf(journal_key, b"", label("write token") + vault + u32(gen))


# ------------------------------------------------------------------ records
def pad(text: str) -> bytes:
    raw = text.encode()
    size = next((bucket for bucket in BUCKETS if len(raw) + 4 <= bucket), None)
    if size is None:
        raise Refused("too-long")
    return (u32(len(raw)) + raw).ljust(size, b"\0")


def unpad(raw: bytes) -> str:
    length = struct.unpack(">I", raw[:4])[0]
    size = next((bucket for bucket in BUCKETS if length + 4 <= bucket), None)
    if size != len(raw) or raw[4 + length :].strip(b"\0"):
        raise Refused("tampered")
    try:
        return raw[4 : 4 + length].decode()
    except UnicodeDecodeError as error:
        raise Refused("tampered") from error


def _record_key(journal_key: bytes, salt: bytes, type_: int, gen: int, vault: bytes, record: bytes) -> bytes:
    return hkdf(journal_key, salt, label("record key") + u8(type_) + u32(gen) + vault + record)


def seal_padded(
    journal_key: bytes, padded: bytes, *, type_: int, gen: int, vault: bytes, record: bytes, rev: int, random: Random
) -> bytes:
    """Seal bytes that are padded already: tests pad them wrongly on purpose."""
    salt, iv = random(32), random(12)
    head = b"PJ" + u8(1) + u8(type_) + u32(gen) + salt + iv
    key = _record_key(journal_key, salt, type_, gen, vault, record)
    return head + AESGCM(key).encrypt(iv, padded, label("record aad") + head + vault + record + u32(rev))


def seal_record(journal_key: bytes, text: str, **place: Any) -> bytes:
    return seal_padded(journal_key, pad(text), **place)


def open_record(journal_key: bytes, blob: bytes, *, type_: int, gen: int, vault: bytes, record: bytes, rev: int) -> str:
    if len(blob) - 68 not in BUCKETS:
        raise Refused("tampered")
    head = blob[:52]
    if head[:2] != b"PJ" or head[3] != type_ or head[4:8] != u32(gen):
        raise Refused("tampered")
    if head[2] != 1:
        raise Refused("unsupported")
    key = _record_key(journal_key, head[8:40], type_, gen, vault, record)
    aad = label("record aad") + head + vault + record + u32(rev)
    try:
        return unpad(AESGCM(key).decrypt(head[40:52], blob[52:], aad))
    except InvalidTag as error:
        raise Refused("tampered") from error


# ------------------------------------------------------------------ links
def seal_link(new_key: bytes, old_key: bytes, *, vault: bytes, gen: int, old_gen: int, random: Random) -> bytes:
    salt, iv = random(32), random(12)
    head = b"PJ" + u8(1) + u8(5) + u32(gen) + salt + iv
    key = hkdf(new_key, salt, label("link key") + u32(gen) + u32(old_gen) + vault)
    return head + AESGCM(key).encrypt(iv, old_key, label("link aad") + head + vault + u32(old_gen))


# ------------------------------------------------------------------ the vectors
def make_vectors() -> dict[str, Any]:
    """Everything in journal_vectors.json except its notes, computed afresh."""
    random = counter()
    vault, journal_key, recovery = random(16), random(32), random(16)
    passphrase = "  Café ①  walnut\u00a0 quiet "
    common: dict[str, Any] = {"journal_key": journal_key, "vault": vault, "gen": 1, "random": random}
    slots = [
        seal_slot(kind=1, secret=passphrase, it=600_000, **common),
        seal_slot(kind=2, secret=recovery, **common),
    ]
    entry, text = random(16), json.dumps({"v": 1, "body": "Hello, 🦓"}, ensure_ascii=False, separators=(",", ":"))
    blob = seal_record(journal_key, text, type_=2, gen=1, vault=vault, record=entry, rev=1, random=random)
    token, pepper = write_token(journal_key, vault, 1), random(32)
    peppered = seal_slot(
        kind=1,
        secret="second phrase for pepper",
        it=600_000,
        pep=1,
        pepper=pepper,
        **common | {"journal_key": bytes([9] * 32)},
    )
    return {
        "passphrase_normalised": normalise(passphrase),
        "vault": vault.hex(),
        "journal_key": journal_key.hex(),
        "recovery_raw": recovery.hex(),
        "recovery_code": encode_recovery(recovery),
        "slots": slots,
        "entry_id": entry.hex(),
        "entry_rev": 1,
        "entry_json": text,
        "entry_blob_sha256": hashlib.sha256(blob).hexdigest(),
        "entry_blob_b64u_first_104": b64u(blob)[:104],
        "entry_blob_b64u": b64u(blob),
        "write_token": token.hex(),
        "write_verifier_sha256": hashlib.sha256(token).hexdigest(),
        "pepper": pepper.hex(),
        "peppered_slot": peppered,
        "peppered_passphrase": "second phrase for pepper",
        "peppered_wraps": "09" * 32,
    }
