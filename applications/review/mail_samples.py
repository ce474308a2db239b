"""Invented facts for examples of mail about reading, releasing, asking and getting ready. Nothing is read or stored."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from applications.call.letters import samples as letters_samples
from applications.call.letters.compose import more_information
from cohort.outbox.previews import samples as previews_samples
from cohort.ui import times


def due() -> dict[str, Any]:
    return {
        "left": 4,
        "until": times.day_words(previews_samples.day(2).date()),
        "late": False,
        "call": letters_samples.call(),
        "url": previews_samples.address("applications:screening"),
    }


def waits() -> dict[str, Any]:
    found = letters_samples.call()
    url = previews_samples.address("applications:release_new", found.slug)
    return {"call": found, "who": "Sam Okafor", "count": 24, "url": url}


def rule_waits() -> dict[str, Any]:
    found = letters_samples.call()
    url = previews_samples.address("applications:policy", found.slug)
    return {"call": found, "who": "Sam Okafor", "title": _("Targets"), "url": url}


def question() -> dict[str, Any]:
    found = letters_samples.application()
    return {
        "letter": more_information(
            found,
            question="Which of the two clinics would the new hours be for?",
            reply_until=previews_samples.day(7, time(23, 59)),
            url=previews_samples.address("applications:application", found.pk),
        )
    }


def answered() -> dict[str, Any]:
    found = letters_samples.application()
    return {
        "number": found.reference,
        "call": found.call,
        "url": previews_samples.address("applications:decision", found.call.slug, found.number),
    }


def handed_over() -> dict[str, Any]:
    return {"url": previews_samples.address("applications:needs", "example")}


def getting_ready() -> dict[str, Any]:
    until = times.day_words(previews_samples.day(5).date())
    return {
        "left": 2,
        "until": until,
        "url": previews_samples.address("applications:welcome", previews_samples.NOTHING),
    }
