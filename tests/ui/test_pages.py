"""What holds for every page of the project: no inline script or style, a strict policy, kind pages for trouble."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import TemplateSyntaxError, engines
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.urls import reverse

from tests.conftest import person, signed_in

TEMPLATES = Path(settings.BASE_DIR) / "templates"
PAGES = sorted(p for p in TEMPLATES.rglob("*.html") if "mail" not in p.parts and "email" not in p.parts)
# Data blocks (JSON) and files are fine; scripts in the page are not.
INLINE = {
    "script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=[\"']application/json)", re.I),
    "style element": re.compile(r"<style\b", re.I),
    "style attribute": re.compile(r"<[a-z][^>]*\sstyle\s*=", re.I),
    "handler": re.compile(r"<[a-z][^>]*\son(?:click|change|submit|input|load|key\w+)\s*=", re.I),
    "javascript address": re.compile(r"[\"']javascript:", re.I),
    "third party": re.compile(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=[\"'](?:https?:)?//", re.I),
}


def breaks(path: Path) -> list[str]:
    """What of a template the content security policy would stop."""
    text = re.sub(r"{#.*?#}|{% comment.*?endcomment %}", "", path.read_text(), flags=re.S)
    if path.parts[-2:] == ("journal", "shell.html"):  # its import map is allowed by hash, in a policy of its own
        text = text.replace('<script type="importmap">', "")
    return [name for name, pattern in INLINE.items() if pattern.search(text)]


def unreadable(path: Path) -> str:
    """What Django says against a template; empty when it can be read."""
    try:
        get_template(str(path.relative_to(TEMPLATES)))
    except TemplateSyntaxError as error:
        return str(error)
    return ""


def test_no_page_breaks_the_content_security_policy() -> None:
    assert {str(path.relative_to(TEMPLATES)): found for path in PAGES if (found := breaks(path))} == {}


def test_every_template_can_be_read() -> None:
    assert {str(path.relative_to(TEMPLATES)): said for path in PAGES if (said := unreadable(path))} == {}


def test_the_walk_would_find_something() -> None:
    assert len(PAGES) > 60
    assert INLINE["script"].search("<script>go()</script>")
    assert INLINE["style attribute"].search('<p class="a" style="x">')
    assert not INLINE["script"].search('<script type="module" src="/static/js/ui.js"></script>')


def test_the_policy_is_sent_with_every_page(client: Client, db: None) -> None:
    for address in ("/", "/accounts/login/", "/no-such-page/"):
        policy = client.get(address).headers["Content-Security-Policy"]
        parts = dict(p.strip().partition(" ")[::2] for p in policy.split(";"))
        assert (parts["default-src"], parts["script-src"], parts["style-src"]) == ("'none'", "'self'", "'self'")
        assert "unsafe" not in policy


def test_a_missing_page_offers_ways_on(client: Client, db: None) -> None:
    answer = client.get("/no-such-page/?a=1")
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "/accounts/login/?next=/no-such-page/" in page
    signed = signed_in(person("dana")).get("/no-such-page/").content.decode()
    assert "dana@example.org" in signed


def test_too_many_tries_are_told_kindly(client: Client, db: None, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    answers = [client.post("/accounts/password/reset/", {"email": "a@example.org"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 429]
    assert "Wait a few minutes" in answers[1].content.decode()
    assert "Nothing that you saved is lost" in answers[1].content.decode()


def test_a_form_that_waited_too_long_is_told_what_to_do(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@example.org"})
    assert answer.status_code == 403
    assert "Go back with your browser" in answer.content.decode()


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_pages_for_trouble_need_neither_request_nor_database(name: str) -> None:
    page = engines["django"].get_template(name).render({})  # the mark `db` is missing: a statement would fail the test
    assert page.count("<h1>") == 1
    assert 'lang="es"' in page
    assert "{%" not in page
    assert page.lower().startswith("<!doctype html>")


def test_the_wrong_role_is_told_kindly(db: None) -> None:
    request = RequestFactory().get("/")
    request.user = person("dana")
    page = get_template("403.html").render({}, request)
    assert "You did nothing wrong" in page


def test_the_style_guide_is_only_there_for_people_who_build(client: Client, db: None, settings) -> None:
    settings.DEBUG = False
    assert client.get("/dev/ui/").status_code == 404
    settings.DEBUG = True
    assert client.get("/dev/ui/").status_code == 200


def test_your_account_is_for_those_who_are_signed_in(client: Client, db: None) -> None:
    assert client.get(reverse("ui:account")).headers["Location"] == "/accounts/login/?next=/your-account/"


def test_your_account_leads_everywhere(db: None, django_assert_max_num_queries) -> None:
    dana = signed_in(person("dana"))
    dana.get("/your-account/")
    with django_assert_max_num_queries(4):
        page = dana.get("/your-account/").content.decode()
    for name in ("account_email", "account_change_password", "mfa_index", "usersessions_list", "people:profile"):
        assert f'href="{reverse(name)}"' in page


def test_the_language_of_the_page_is_said(client: Client, db: None) -> None:
    assert '<html lang="en">' in client.get("/accounts/login/").content.decode()
    client.post("/language/", {"language": "es", "next": "/"})
    assert '<html lang="es">' in client.get("/accounts/login/").content.decode()


def test_the_menu_marks_where_we_are() -> None:
    from types import SimpleNamespace

    from django.template import Context

    from cohort.ui.nav import Place
    from cohort.ui.templatetags.ui import menu_items

    places = [Place("Home", "/"), Place("Sessions", "/s/"), Place("Plan", "/s/plan/")]

    def marks(path: str) -> list[str]:
        return [mark for _, mark in menu_items(Context({"request": SimpleNamespace(path=path), "menu": places}))]

    assert marks("/") == ["page", "", ""]
    assert marks("/s/") == ["", "page", ""]
    assert marks("/s/plan/3/") == ["", "", "true"]
    assert marks("/elsewhere/") == ["", "", ""]
