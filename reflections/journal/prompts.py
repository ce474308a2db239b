"""A few questions that are always there. Other apps add theirs through cohort.ui.prompts."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from cohort.people.models import User
from cohort.ui.prompts import Prompt
from reflections.common import queries


def evergreen(user: User) -> Iterable[Prompt]:
    """Our own questions, with the place and the issue of the reader's cohort where it has them (one statement)."""
    source = _("Any day")

    def prompt(key: str, text: str) -> Prompt:
        return Prompt(id=f"evergreen.{key}", text=text, source=source, weight=80)

    yield prompt("room", _("Who was not in the room today, and what would they have said?"))
    cohort = queries.cohorts_to_write_in(user).first()
    if cohort is not None and cohort.place and cohort.issue:
        yield prompt(
            "near",
            _("Think of one person in %(place)s whom %(issue)s touches every day. What would they ask of you?")
            % {"place": cohort.place, "issue": cohort.issue},
        )
    yield prompt("pen", _("Where did you hold on to a decision that you could have shared?"))
    yield prompt("comfort", _("When did you feel uncomfortable this week, and what did you do with it?"))
    yield prompt("heard", _("What did you hear lately that changed your mind, even a little?"))
    yield prompt("rest", _("What gives you the strength to keep going, and when did you last make time for it?"))
