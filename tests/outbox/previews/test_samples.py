"""Every kind of every app shows an example, without reading a row, and both parts of it say the same."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import zip_longest

import pytest

from cohort.outbox.previews import samples as previews_samples
from tests.outbox.conftest import REAL

NAMES = sorted(REAL)


class Reader(HTMLParser):
    """The words of an HTML mail as they are read out, and what is wrong with its build."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.headings: list[int] = []
        self.links: list[tuple[str, str]] = []
        self._quiet = 0
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("style", "title"):
            self._quiet += 1
        if tag == "div" and "display:none" in (given.get("style") or "").replace(" ", ""):
            self._hidden += 1
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "a":
            self.links.append((given.get("href") or "", ""))
        assert tag not in ("img", "script", "link", "form", "iframe", "object", "video"), tag

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "title"):
            self._quiet -= 1
        if tag == "div" and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if self.links and not self._quiet:
            href, words = self.links[-1]
            self.links[-1] = (href, f"{words} {data}".strip()) if not words else (href, words)
        if not self._quiet and not self._hidden:
            self.words += plain(data)


def plain(words: str) -> list[str]:
    """Words without marks and addresses of pages, as they would be spoken."""
    bare = re.sub(r"https?://\S+", " ", words).casefold().replace("’", "'")
    return re.findall(r"[\w'@.+-]*\w", bare)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def first_difference(one: list[str], other: list[str]) -> str:
    for at, (left, right) in enumerate(zip_longest(one, other)):
        if left != right:
            return f"word {at}: {one[max(0, at - 4) : at + 6]} / {other[max(0, at - 4) : at + 6]}"
    return ""


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", NAMES)
def test_every_kind_has_an_example_whose_parts_say_the_same(name: str, language: str) -> None:
    """No database here: an example that asked for a row would fail."""
    made = previews_samples.mail(REAL[name], language=language)
    html = str(made.alternatives[0].content)
    reader = read(html)
    mark, heading = plain("Cohort."), plain(made.subject)
    assert reader.words[: len(mark)] == mark
    in_html = reader.words[len(mark) :]
    # The subject is the heading of the HTML part; above the text part stands the subject line itself.
    if in_html[: len(heading)] == heading and plain(made.body)[: len(heading)] != heading:
        in_html = in_html[len(heading) :]
    assert first_difference(in_html, plain(made.body)) == ""


@pytest.mark.parametrize("name", NAMES)
def test_every_mail_is_well_built(name: str) -> None:
    made = previews_samples.mail(REAL[name])
    html = str(made.alternatives[0].content)
    reader = read(html)
    assert re.search(r'<html lang="en" dir="ltr">', html)
    assert reader.headings[0] == 1
    assert reader.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(reader.headings, reader.headings[1:], strict=False))
    assert [href for href, words in reader.links if not re.match(r"https?://|mailto:|tel:", href) or not words] == []
    # Whoever reads the text part reaches the same pages.
    in_text = set(re.findall(r"https?://[^\s<>]+", made.body))
    assert {href for href, _words in reader.links[1:]} == in_text
    assert re.findall(r"(?:src|background)=|@import|url\(", html) == []
    assert "{" not in made.subject + made.body
    assert len(made.subject) <= 90


@pytest.mark.parametrize("name", NAMES)
def test_replies_of_every_kind_go_to_people(name: str) -> None:
    made = previews_samples.mail(REAL[name])
    assert made.reply_to == ["Sam Okafor <sam.okafor@example.org>"]
    assert "no-reply" not in str(made.message()).casefold()
    assert "Reply to this email to reach Sam Okafor." in made.body
