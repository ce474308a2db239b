"""Mail on this machine: whole files only, and pages that show any mail without running any of it."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.test import Client

from cohort.outbox import api as outbox_api
from cohort.outbox.calendar import ics as calendar_ics
from cohort.outbox.delivery import file_backend, sender
from tests.outbox.calendar.test_ics import BASE
from tests.outbox.conftest import TUESDAY


@pytest.fixture
def box(settings: Any, tmp_path: Path) -> Path:
    settings.MAIL_DIR = tmp_path / "outbox"
    settings.EMAIL_BACKEND = file_backend.BACKEND
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["testserver"]
    return settings.MAIL_DIR


def test_each_mail_is_one_whole_file(box: Path) -> None:
    first = EmailMessage("Grüße – hello", "Zeile eins\nline two", "a@example.org", ["Bé <b@example.org>"])
    assert get_connection().send_messages([first, EmailMessage("2", "x", "a@example.org", ["c@example.org"])]) == 2
    assert get_connection().send_messages([EmailMessage("nobody", "x", "a@example.org", [])]) == 0
    files = file_backend.names()
    assert len(files) == 2
    assert [p for p in box.iterdir() if p.suffix != ".eml"] == []
    parsed = file_backend.read(files[-1])
    assert parsed is not None
    assert (parsed["subject"], parsed["to"]) == ("Grüße – hello", "Bé <b@example.org>")
    assert file_backend.text_of(parsed, "plain").splitlines() == ["Zeile eins", "line two"]
    assert (box / files[0]).stat().st_mode & 0o777 == 0o600


def test_a_reader_never_sees_half_a_file(box: Path) -> None:
    body = "x" * 300_000 + "END"
    over, seen = threading.Event(), []

    def watch() -> None:
        while not over.is_set():
            found = [message for name in file_backend.names() if (message := file_backend.read(name))]
            seen.extend(len(file_backend.text_of(message, "plain").strip()) for message in found)

    thread = threading.Thread(target=watch)
    thread.start()
    for n in range(8):
        EmailMessage(f"{n}", body, "a@example.org", ["b@example.org"]).send()
    over.set()
    thread.join()
    assert set(seen) <= {len(body)}
    assert len(file_backend.names()) == 8


def test_names_cannot_leave_the_folder(box: Path) -> None:
    box.mkdir()
    (box.parent / "secret.eml").write_text("Subject: secret\n\nsecret")
    (box / "notes.txt").write_text("x")
    for name in ("../secret.eml", "notes.txt", "..", ".part", "/etc/passwd"):
        assert file_backend.read(name) is None
    assert file_backend.names() == []


@pytest.mark.django_db
def test_the_pages_show_list_mail_html_and_files(box: Path, cast: SimpleNamespace, trial: Any) -> None:
    file = calendar_ics.invitation(**BASE)
    trial(attachments=lambda m: [calendar_ics.mail_part(file, "REQUEST")])
    outbox_api.queue(kind="trial", key="k", recipient=cast.participant, cohort=cast.cohort, due_at=TUESDAY)
    sender.send_due(TUESDAY)
    client = Client()
    name = file_backend.names()[0]
    listed = client.get("/dev/outbox/").content.decode()
    assert "Hello from North" in listed
    assert f"/dev/outbox/{name}/" in listed
    shown = client.get(f"/dev/outbox/{name}/").content.decode()
    assert 'href="http://localhost:8000/somewhere/"' in shown
    assert "Tom &amp; Eva" in shown
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in shown
    framed = client.get(f"/dev/outbox/{name}/html/")
    assert "script" not in framed["Content-Security-Policy"]
    assert framed["Content-Security-Policy"].startswith("default-src 'none'")
    assert "X-Frame-Options" not in framed
    parsed = file_backend.read(name)
    assert parsed is not None
    ics = [piece for piece in file_backend.pieces(parsed) if piece.mimetype == "application/ics"]
    got = client.get(f"/dev/outbox/{name}/files/{ics[0].number}/")
    assert (got.content, got["Content-Disposition"]) == (file, 'attachment; filename="session.ics"')
    assert client.get(f"/dev/outbox/{name}/files/99/").status_code == 404
    assert client.get("/dev/outbox/20260101T000000000000Z-00000000.eml/").status_code == 404


@pytest.mark.django_db
def test_text_that_looks_like_a_page_is_shown_as_text(box: Path) -> None:
    words = "<script>alert(1)</script> https://x.example/?a=1&b=2"
    EmailMultiAlternatives("<b>x</b>", words, to=["a@example.org"]).send()
    shown = Client().get(f"/dev/outbox/{file_backend.names()[0]}/").content.decode()
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown
    assert 'href="https://x.example/?a=1&amp;b=2"' in shown
    assert "<b>x</b>" not in shown


@pytest.mark.django_db
def test_hundreds_of_mails_are_paged_and_can_be_narrowed(box: Path) -> None:
    for n in range(120):
        file_backend.write(f"To: p{n % 10}@example.org\r\nSubject: number {n}\r\n\r\nx".encode())
    client = Client()
    page = client.get("/dev/outbox/")
    assert [row.subject for row in page.context["rows"]] == [f"number {n}" for n in range(119, 69, -1)]
    assert len(client.get("/dev/outbox/?page=3").context["rows"]) == 20
    assert {row.to for row in client.get("/dev/outbox/?to=P3@").context["rows"]} == {"p3@example.org"}


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"DEBUG": False}, {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend"}])
def test_the_pages_exist_only_on_a_local_stack(box: Path, settings: Any, wrong: dict[str, Any]) -> None:
    name = file_backend.write(b"To: a@example.org\r\nSubject: s\r\n\r\nx").name
    addresses = ["/dev/outbox/", f"/dev/outbox/{name}/", f"/dev/outbox/{name}/html/", f"/dev/outbox/{name}/files/0/"]
    assert Client().get(addresses[1]).status_code == 200
    for key, value in wrong.items():
        setattr(settings, key, value)
    assert [Client().get(address).status_code for address in addresses] == [404] * 4


def test_a_copy_with_the_same_message_id_is_one_file(settings, tmp_path) -> None:
    settings.MAIL_DIR = tmp_path
    first = file_backend.write(b"To: a@example.org\r\n\r\nHello\r\n", "<1@cohort>")
    assert file_backend.write(b"To: a@example.org\r\n\r\nHello\r\n", "<1@cohort>") == first
    file_backend.write(b"To: a@example.org\r\n\r\nHello\r\n", "<2@cohort>")
    assert len(file_backend.names()) == 2
