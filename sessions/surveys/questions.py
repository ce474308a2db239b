"""The seven items of the post-session survey. Every one may be skipped (docs/facts.md, 6.3).

Concrete choices follow Will Thalheimer's advice on learning surveys; the item on voice is informed by
Amy Edmondson's work on psychological safety. The words are our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Kind = Literal["ordered", "pick_two", "text"]
COMMENT_LIMIT = 400
MOST_OBJECTIVES = 3


@dataclass(frozen=True)
class SurveyItem:
    """One question. ``choices`` of an ordered item run from lowest to highest; ``apart`` stand outside the order."""

    key: str
    text: str | Promise
    kind: Kind
    choices: tuple[tuple[str, str | Promise], ...] = ()
    apart: tuple[tuple[str, str | Promise], ...] = ()
    help: str | Promise = ""
    hush_lowest: bool = False  # when everybody chose the lowest, say only "all similar"


READY = SurveyItem(
    "ready",
    _("How ready are you to use today’s work in your own role?"),
    "ordered",
    (
        ("where", _("I would not know where to begin")),
        ("practice", _("I see the idea but need practice")),
        ("help", _("I could try with some help")),
        ("now", _("I can do it now")),
        ("others", _("I already do it and could help others")),
    ),
)
LANDED = (("not_yet", _("Not for me yet")), ("partly", _("Partly")), ("clearly", _("Clearly")))
VOICE = SurveyItem(
    "voice",
    _("Could you say what you really thought today?"),
    "ordered",
    (
        ("held_back", _("I held back on something that mattered")),
        ("with_care", _("I spoke, with care")),
        ("mostly", _("I spoke freely on most things")),
        ("freely", _("Freely, including disagreement")),
    ),
    apart=(("listened", _("I chose to listen, and that was right for me")),),
    hush_lowest=True,
)
AGREEMENTS = SurveyItem(
    "agreements",
    _("How did we keep our agreements?"),
    "ordered",
    (
        ("slipped", _("One slipped and we moved on")),
        ("strain", _("Some strain, partly named")),
        ("mostly", _("Mostly kept")),
        ("kept", _("Kept, or repaired when we slipped")),
    ),
    apart=(("cannot_say", _("Cannot say")),),
    hush_lowest=True,
)
BARRIERS = SurveyItem(
    "barriers",
    _("What is most likely to stop you using this?"),
    "pick_two",
    (
        ("time", _("Time")),
        ("not_mine", _("Not mine to decide")),
        ("above", _("Someone above me")),
        ("around", _("People around me")),
        ("how", _("Not sure how")),
        ("risky", _("It feels risky for me")),
        ("nothing", _("Nothing")),
        ("other", _("Something else")),
    ),
    help=_("Choose up to two."),
)
NEXT_TIME = SurveyItem(
    "next_time",
    _("What should next time have?"),
    "pick_two",
    (
        ("practice", _("More practice")),
        ("tables", _("More table time")),
        ("quiet", _("More quiet time")),
        ("input", _("More input")),
        ("slower", _("Slower pace")),
        ("breaks", _("More breaks")),
        ("same", _("Keep it as it was")),
    ),
    help=_("Choose up to two."),
)
COMMENT = SurveyItem(
    "comment",
    _("One thing to keep or change"),
    "text",
    help=_("Please leave names out: yours and others’."),
)


def objective_item(position: int, text: str) -> SurveyItem:
    """The item for one of the session's objectives."""
    return SurveyItem(f"objective{position}", text, "ordered", LANDED, help=_("Did this land for you?"))


def items(objectives: list[str]) -> list[SurveyItem]:
    """All items in order, with at most three objectives in their place."""
    landed = [objective_item(n, text) for n, text in enumerate(objectives[:MOST_OBJECTIVES], 1)]
    return [READY, *landed, VOICE, AGREEMENTS, BARRIERS, NEXT_TIME, COMMENT]
