"""Words for the codes of :mod:`cohort.questions.cleaning`, in the language that is active."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cohort.questions.cleaning import Cleaned, Refusal


def words(refusal: Refusal) -> str:
    """What a person reads beside the field."""
    counted = COUNTED.get(refusal.code)
    return counted(**refusal.params) if counted else str(PLAIN[refusal.code])


def in_words(refusals: Mapping[str, Iterable[Refusal]]) -> dict[str, list[str]]:
    """Field name to messages, from field name to refusals."""
    return {name: [words(refusal) for refusal in found] for name, found in refusals.items()}


def messages(cleaned: Cleaned) -> dict[str, list[str]]:
    """Field name to messages for all that keeps what was posted from being complete."""
    return in_words({**cleaned.wanting, **cleaned.refused})


def _too_long(over: int, limit: int) -> str:
    return ngettext(
        "This is %(over)s character too long. You can write up to %(limit)s.",
        "This is %(over)s characters too long. You can write up to %(limit)s.",
        over,
    ) % {"over": f"{over:,}", "limit": f"{limit:,}"}


def _too_short(least: int, count: int) -> str:
    return ngettext(
        "Write at least %(least)s character. This has %(count)s.",
        "Write at least %(least)s characters. This has %(count)s.",
        least,
    ) % {"least": f"{least:,}", "count": f"{count:,}"}


def _too_many_words(most: int, count: int) -> str:
    return ngettext(
        "Write at most %(most)s word. This has %(count)s.", "Write at most %(most)s words. This has %(count)s.", most
    ) % {"most": f"{most:,}", "count": f"{count:,}"}


def _too_few_words(least: int, count: int) -> str:
    return ngettext(
        "Write at least %(least)s word. This has %(count)s.",
        "Write at least %(least)s words. This has %(count)s.",
        least,
    ) % {"least": f"{least:,}", "count": f"{count:,}"}


def _too_many(most: int, count: int) -> str:
    return ngettext(
        "Choose at most %(most)s. You chose %(count)s.", "Choose at most %(most)s. You chose %(count)s.", most
    ) % {"most": most, "count": count}


PLAIN = {
    "not_ticked": _("Tick this box to go on."),
    "none_chosen": _("Choose at least one answer."),
    "not_chosen": _("Choose one answer."),
    "empty": _("Write an answer here."),
    "this_or_another": _("Add this, or choose one of the other ways."),
    "one_of_these": _("Give one of these, or choose one of the other ways."),
    "not_an_email": _("Write a full email address, for example name@example.org."),
    "not_a_phone": _("Write a phone number with its area code, for example 360-555-0142."),
    "not_offered": _("Choose from the answers shown here. One that was sent is not among them."),
    "more_than_one": _("Choose only one answer."),
}
COUNTED: dict[str, Callable[..., str]] = {
    "too_long": _too_long,
    "too_short": _too_short,
    "too_many_words": _too_many_words,
    "too_few_words": _too_few_words,
    "too_many": _too_many,
}
