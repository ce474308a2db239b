"""Mail on this machine: each message becomes one ``.eml`` file, and the pages under /dev/outbox/ show them."""

from __future__ import annotations

import email
import hashlib
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage as ParsedMessage
from email.policy import default as modern
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

BACKEND = "cohort.outbox.delivery.file_backend.EmlFileBackend"
_NAME = re.compile(r"^\d{8}T\d{12}Z-[0-9a-f]{16}\.eml$")


def folder() -> Path:
    return Path(settings.MAIL_DIR)


class EmlFileBackend(BaseEmailBackend):
    """Writes each message to a file of its own in ``settings.MAIL_DIR``; never half a file, never over another."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        count = 0
        for message in email_messages:
            if not message.recipients():
                continue
            made = message.message()
            write(made.as_bytes(linesep="\r\n"), made.get("Message-ID", ""))  # type: ignore[call-arg]
            count += 1
        return count


def write(content: bytes, message_id: str = "") -> Path:
    """Put one message in the folder. It appears under its name only when it is complete.

    A message whose Message-ID is already there is left as it is, as a mail program does with a copy: a worker that
    died between sending and recording sends again, and the reader sees one mail.
    """
    target = folder()
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    mark = hashlib.sha256(message_id.encode()).hexdigest()[:16] if message_id else secrets.token_hex(8)
    already = next(target.glob(f"*-{mark}.eml"), None)
    if already is not None:
        return already
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z-{mark}"
    half = target / f".{name}.part"
    try:
        with open(half, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        final = target / f"{name}.eml"
        half.rename(final)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    return final


def names() -> list[str]:
    """The files, newest first. Their names begin with the moment they were written."""
    try:
        found = [entry.name for entry in os.scandir(folder()) if _NAME.match(entry.name)]
    except FileNotFoundError:
        return []
    return sorted(found, reverse=True)


def read(name: str) -> ParsedMessage | None:
    """One message; None for a name that is not one of ours or is gone."""
    if not _NAME.match(name):
        return None
    try:
        content = (folder() / name).read_bytes()
    except OSError:
        return None
    return email.message_from_bytes(content, policy=modern)  # type: ignore[return-value]


@dataclass(frozen=True)
class Summary:
    """One line of the list."""

    name: str
    at: datetime
    to: str
    subject: str


def summary(name: str) -> Summary:
    """What the list shows, from the head of the file alone: a list of hundreds opens no body."""
    at = datetime.strptime(name[:21], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
    head = b""
    try:
        with open(folder() / name, "rb") as file:
            for line in file:
                if not line.strip():
                    break
                head += line
    except OSError:
        pass
    parsed = email.message_from_bytes(head, policy=modern)
    return Summary(name, at, str(parsed.get("to", "")), str(parsed.get("subject", "")))


@dataclass(frozen=True)
class MailPart:
    """A part that can be opened as a file. ``number`` counts the parts of the message."""

    number: int
    name: str
    mimetype: str
    size: int


def text_of(message: ParsedMessage, kind: str) -> str:
    """The first text part of a kind (``plain`` or ``html``), empty when there is none."""
    for part in message.walk():
        if part.get_content_type() == f"text/{kind}" and part.get_content_disposition() != "attachment":
            return str(part.get_content())
    return ""


def pieces(message: ParsedMessage) -> list[MailPart]:
    """Everything else: attachments and the calendar part."""
    found = []
    for number, part in enumerate(message.walk()):
        mimetype = part.get_content_type()
        if part.is_multipart():
            continue
        if mimetype in ("text/plain", "text/html") and part.get_content_disposition() != "attachment":
            continue
        default = "invitation.ics" if mimetype == "text/calendar" else f"part-{number}"
        content = part.get_payload(decode=True) or b""
        found.append(MailPart(number, part.get_filename() or default, mimetype, len(content)))  # type: ignore[arg-type]
    return found


def piece(message: ParsedMessage, number: int) -> tuple[MailPart, bytes] | None:
    """One of :func:`pieces` with its content."""
    for found in pieces(message):
        if found.number == number:
            part = list(message.walk())[number]
            return found, part.get_payload(decode=True) or b""  # type: ignore[return-value]
    return None
