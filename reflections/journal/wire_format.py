"""What the browser sends, checked for shape. Pure: no database, no request, and no way to open anything.

Sizes and codes are those of the protocol (docs/journal_encryption.md, 5.2, 6.1 and 7.2).
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
import uuid
import zlib
from dataclasses import dataclass
from typing import Any

from reflections.models.journal import (
    FORMATS,
    ITERATIONS,
    LINK_SIZE,
    RECORD_SIZES,
    TYPE_ENTRY,
    TYPE_LINK,
    TYPE_SETTINGS,
)

HEADER = 52
_B64U = re.compile(r"[A-Za-z0-9_-]*\Z")


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """The server will not do it. ``status`` is the HTTP answer, ``code`` what the page turns into words."""

    def __init__(self, status: int, code: str, **body: Any) -> None:
        super().__init__(code)
        self.status, self.code, self.body = status, code, body


def b64u(raw: bytes | memoryview) -> str:
    return base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()


def unb64u(text: Any, size: int) -> bytes:
    """Exactly ``size`` bytes from base64url in its only form; 422 otherwise."""
    if not isinstance(text, str) or not _B64U.match(text) or len(text) % 4 == 1:
        raise Refused(422, "malformed")
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise Refused(422, "malformed") from error
    if len(raw) != size or b64u(raw) != text:
        raise Refused(422, "malformed")
    return raw


def identifier(text: Any) -> uuid.UUID:
    """Sixteen random bytes, held as a UUID."""
    return uuid.UUID(bytes=unb64u(text, 16))


def whole(value: Any, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise Refused(422, "malformed")
    return value


MAX_NUMBER = 2**31 - 1


@dataclass(frozen=True)
class SlotIn:
    slot_id: uuid.UUID
    kind: int
    gen: int
    it: int
    pep: int
    salt: bytes
    commit: bytes
    iv: bytes
    ct: bytes


def slot(data: Any) -> SlotIn:
    """A slot from its JSON. Its cost is held between the floor and the ceiling here too, not only in the browser."""
    if not isinstance(data, dict) or data.get("v") != 1:
        raise Refused(422, "malformed")
    kind = whole(data.get("kind"), 1, 3)
    low, high = ITERATIONS if kind == 1 else (0, 0)
    return SlotIn(
        slot_id=identifier(data.get("id")),
        kind=kind,
        gen=whole(data.get("gen"), 1, MAX_NUMBER),
        it=whole(data.get("it"), low, high),
        pep=whole(data.get("pep"), 0, 255 if kind == 1 else 0),
        salt=unb64u(data.get("salt"), 32),
        commit=unb64u(data.get("commit"), 32),
        iv=unb64u(data.get("iv"), 12),
        ct=unb64u(data.get("ct"), 48),
    )


def slots(data: Any) -> list[SlotIn]:
    if not isinstance(data, list) or not 1 <= len(data) <= 7:
        raise Refused(422, "malformed")
    return [slot(item) for item in data]


def _looks_sealed(ciphertext: bytes) -> bool:
    """Whether bytes look like the output of a cipher: not text, and not smaller when deflated (7.2, 2)."""
    try:
        ciphertext.decode("utf-8")
    except UnicodeDecodeError:
        return len(zlib.compress(ciphertext, 9)) >= 0.98 * len(ciphertext)
    return False


@dataclass(frozen=True)
class Envelope:
    type: int
    gen: int
    blob: bytes


def envelope(blob: bytes) -> Envelope:
    """A sealed record. Anything that is, or could be, readable is refused, whatever its header says."""
    if len(blob) not in RECORD_SIZES or blob[:2] != b"PJ":
        raise Refused(422, "malformed")
    if blob[2] not in FORMATS:
        raise Refused(422, "unsupported")
    if blob[3] not in (TYPE_ENTRY, TYPE_SETTINGS):
        raise Refused(422, "malformed")
    gen = struct.unpack(">I", blob[4:8])[0]
    if not 1 <= gen <= MAX_NUMBER:
        raise Refused(422, "malformed")
    if not _looks_sealed(blob[HEADER:]):
        raise Refused(422, "not-sealed")
    return Envelope(blob[3], gen, blob)


def link(text: Any, gen: int) -> bytes:
    """A link to the older key, 100 bytes, made for generation ``gen``."""
    raw = unb64u(text, LINK_SIZE)
    if raw[:2] != b"PJ" or raw[2] not in FORMATS or raw[3] != TYPE_LINK or raw[4:8] != struct.pack(">I", gen):
        raise Refused(422, "malformed")
    return raw
