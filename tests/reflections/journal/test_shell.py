"""The page of the journal: the same bytes for everybody, its headers, its manifest, and what it is given."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from reflections.journal import manifest
from reflections.management.commands import journal_manifest
from tests.conftest import signed_in

ROOT = Path(__file__).resolve().parents[3]


def test_the_page_is_the_same_bytes_for_everybody(cast: SimpleNamespace) -> None:
    clients = [Client(), *(signed_in(user) for user in (cast.participant, cast.other_facilitator, cast.superuser))]
    answers = [client.get("/journal/") for client in clients]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len({json.dumps(sorted(answer.headers.items())) for answer in answers}) == 1
    assert clients[1].get("/commitments/").content != clients[2].get("/commitments/").content  # others do differ
    text = answers[0].content.decode()
    assert "csrf" not in text.lower()
    assert "Set-Cookie" not in answers[0].headers
    assert not answers[0].cookies


def test_the_page_is_the_same_in_whatever_language_it_is_asked_for(cast: SimpleNamespace) -> None:
    pages = {Client(headers={"Accept-Language": language}).get("/journal/").content for language in ("en", "es", "fr")}
    assert len(pages) == 1


def test_the_headers_of_the_page(client: Client, db: None) -> None:
    answer = client.get("/journal/")
    found = re.search(r'<script type="importmap">(.*?)</script>', answer.content.decode(), re.S)
    assert found is not None
    digest = base64.b64encode(hashlib.sha256(found.group(1).encode()).digest()).decode()
    names = [
        "Content-Security-Policy",
        "Integrity-Policy",
        "Cross-Origin-Opener-Policy",
        "Cross-Origin-Resource-Policy",
        "Referrer-Policy",
        "X-Content-Type-Options",
        "X-Frame-Options",
        "Cache-Control",
    ]
    assert {name: answer.headers.get(name) for name in names} == {
        "Content-Security-Policy": "default-src 'none'; script-src http://testserver/static/journal/ "
        f"'sha256-{digest}'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'",
        "Integrity-Policy": "blocked-destinations=(script)",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cache-Control": "no-store",
    }


def test_the_page_holds_no_other_script_and_no_style_of_its_own(client: Client, db: None) -> None:
    text = client.get("/journal/").content.decode()
    integrity = manifest.modules()[manifest.ENTRY].integrity
    assert re.findall(r"<script [^>]*>", text) == [
        '<script type="importmap">',
        f'<script type="module" src="/static/journal/app.js" integrity="{integrity}">',
    ]
    assert not re.search(r"<style|\sstyle=|\son\w+=|<form|<input", text)
    assert set(re.findall(r'(?:src|href)="([^"]+)"', text)) >= {"/static/journal/journal.css", "/static/css/tokens.css"}
    assert not re.search(r'(?:src|href)="(?:https?:)?//', text)


def test_every_module_is_in_the_import_map_with_the_hash_of_its_file() -> None:
    found = json.loads(manifest.import_map())
    files = {path.name: path.read_bytes() for path in (ROOT / "static" / "journal").glob("*.js")}
    assert found["integrity"] == {
        f"/static/journal/{name}": "sha384-" + base64.b64encode(hashlib.sha384(raw).digest()).decode()
        for name, raw in files.items()
    }
    used = {name for raw in files.values() for name in re.findall(r'from "\./([\w-]+\.js)"', raw.decode())}
    assert used <= set(files)
    assert set(files) - used == {"app.js"}


def test_modules_are_found_when_files_are_collected_and_hashed(tmp_path: Path) -> None:
    """In production names carry a hash: the map sends each plain name there, with the hash of what is served."""
    storages = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    plain = {path.suffix.removeprefix(".") for path in (ROOT / "static").rglob("*.*")}  # packing takes six seconds
    with override_settings(
        STORAGES=storages, STATIC_ROOT=tmp_path, DEBUG=False, WHITENOISE_SKIP_COMPRESS_EXTENSIONS=plain
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
        manifest._cached.cache_clear()
        try:
            found = json.loads(manifest.import_map())
            app = manifest.modules()[manifest.ENTRY]
        finally:
            manifest._cached.cache_clear()
    assert re.fullmatch(r"/static/journal/app\.[0-9a-f]{12}\.js", app.url)
    assert set(found["imports"]) == {f"/static/journal/{path.name}" for path in (ROOT / "static/journal").glob("*.js")}
    assert set(found["imports"].values()) == set(found["integrity"])
    for url, integrity in found["integrity"].items():
        raw = (tmp_path / url.removeprefix("/static/")).read_bytes()
        assert manifest.digest(raw) == integrity


def test_the_public_manifest_says_what_is_served(client: Client, db: None) -> None:
    answer = client.get("/.well-known/cohort-journal.json")
    assert answer.status_code == 200
    data = answer.json()
    assert data["import_map"] in client.get("/journal/")["Content-Security-Policy"]
    assert [row["path"] for row in data["files"]] == sorted(
        f"static/journal/{path.name}" for path in (ROOT / "static/journal").iterdir() if path.suffix in {".js", ".css"}
    )


def test_the_kept_manifest_is_true_and_a_change_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call_command("journal_manifest", check=True)
    kept = tmp_path / "MANIFEST"
    kept.write_text(manifest.source_lines().replace("app.js", "other.js"))
    monkeypatch.setattr(journal_manifest, "PATH", kept)
    with pytest.raises(CommandError, match=r"app\.js.*other\.js"):
        call_command("journal_manifest", check=True)


def test_the_list_of_common_passwords_is_served_to_be_kept(client: Client, db: None) -> None:
    answer = client.get("/journal/common-passwords.txt")
    words = answer.content.decode().split("\n")
    assert len(words) > 19_000
    assert "iloveyou" in words
    assert answer["Cache-Control"] == "public, max-age=86400"


def test_no_passphrase_field_has_a_name_and_the_writing_area_tells_the_browser_nothing() -> None:
    sources = {path.name: path.read_text() for path in (ROOT / "static" / "journal").glob("*.js")}
    secret = sources["dom.js"].split("export function secretField")[1].split("export ")[0]
    assert 'type: "password"' in secret
    assert "name:" not in secret
    area = sources["screen-write.js"].split('h("textarea"')[1].split("});")[0]
    for wanted in ('autocomplete: "off"', 'writingsuggestions: "false"', 'translate: "no"', "spellcheck: spellcheck"):
        assert wanted in area
    everything = "\n".join(sources.values())
    for forbidden in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "localStorage",
        "sessionStorage",
        ".style.",
        "console.",
    ):
        assert forbidden not in everything, forbidden


def test_the_word_list() -> None:
    words = (ROOT / "facts" / "journal_words.txt").read_text().split()
    text = (ROOT / "static" / "journal" / "wordlist.js").read_text()
    assert re.search(r"`\n(.*)\n`", text, re.S).group(1).split() == words  # type: ignore[union-attr]
    assert (len(words), len(set(words))) == (2048, 2048)
    assert words == sorted(words)
    assert all(re.fullmatch("[a-z]{3,8}", word) for word in words)
    # A slip of one letter never gives another word of the list: changed, or left out (and so none added, either).
    changed = [f"{word[:at]}*{word[at + 1 :]}" for word in words for at in range(len(word))]
    assert len(set(changed)) == len(changed)
    assert {word[:at] + word[at + 1 :] for word in words for at in range(len(word))} & set(words) == set()
