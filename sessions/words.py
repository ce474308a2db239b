"""Codes of the pure modules, in words for facilitators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.agenda import Warning
from sessions.retiming import How, Option


def warning(found: Warning, names: Mapping[str, str]) -> str:
    """One warning as a sentence. ``names``: titles of blocks and texts of objectives by id."""
    name = names.get(found.subject, "")
    words = {
        "no_result": lambda: _("The result line is empty. Say what the group has reached by the end."),
        "no_blocks": lambda: _("The agenda is empty. Add a block."),
        "no_place": lambda: _("There is no place and no link. People need to know where to go."),
        "no_objectives": lambda: _("There are no objectives yet."),
        "no_close": lambda: _("Nothing closes the session. Commitments and the evaluation need their time."),
        "over": lambda: (
            ngettext(
                "The agenda runs %(n)s minute over the end.",
                "The agenda runs %(n)s minutes over the end.",
                found.minutes,
            )
            % {"n": found.minutes}
        ),
        "late_for_lock": lambda: (
            ngettext(
                "“%(name)s” has a fixed start, but the blocks before it end %(n)s minute later.",
                "“%(name)s” has a fixed start, but the blocks before it end %(n)s minutes later.",
                found.minutes,
            )
            % {"name": name, "n": found.minutes}
        ),
        "objective_unserved": lambda: _("No block serves the objective “%(name)s”.") % {"name": name},
        "hard_without_lead": lambda: _("“%(name)s” can get hard. Choose who steps in when it does.") % {"name": name},
        "made_before_met": lambda: (
            _("“%(name)s” asks people to make something before they have met one another.") % {"name": name}
        ),
    }
    return words[found.code]()


def pieces(found: Iterable[Warning]) -> list[str]:
    """Warnings as sentences without a title or an objective, because mail is read by others; one for each kind."""
    by_code: dict[str, list[Warning]] = {}
    for each in found:
        by_code.setdefault(each.code, []).append(each)
    counted = {
        "late_for_lock": lambda n: ngettext(
            "%(n)s block with a fixed start would begin late.", "%(n)s blocks with a fixed start would begin late.", n
        ),
        "objective_unserved": lambda n: ngettext(
            "No block serves %(n)s of the objectives.", "No block serves %(n)s of the objectives.", n
        ),
        "hard_without_lead": lambda n: _("Nobody is named who steps in when it gets hard."),
        "made_before_met": lambda n: _("People are asked to make something before they have met one another."),
        "no_lead": lambda n: ngettext(
            "%(n)s block has nobody who leads it.", "%(n)s blocks have nobody who leads them.", n
        ),
    }
    return [
        counted[code](len(same)) % {"n": len(same)} if code in counted else warning(same[0], {})
        for code, same in by_code.items()
    ]


def leaderless(titles: list[str]) -> str:
    """One sentence for all blocks without a lead."""
    quoted = ", ".join(_("“%(name)s”") % {"name": title} for title in titles)
    return _("Nobody leads these yet: %(names)s.") % {"names": quoted}


def option(found: Option, titles: Mapping[str, str], before: Mapping[str, int]) -> dict[str, Any]:
    """One way to end in time: a heading, what changes line by line, and what it asks of the room."""
    changes = [
        _("%(title)s: %(before)s → %(after)s minutes") % {"title": titles[key], "before": before[key], "after": minutes}
        for key, minutes in found.minutes
        if minutes != before[key]
    ]
    changes += [_("Left for another session: %(title)s") % {"title": titles[key]} for key in found.left_out]
    heading = {
        How.AS_PLANNED: _("Keep the plan"),
        How.SHORTEN: _("Shorten what can give"),
        How.LEAVE_OUT: _("Leave something for another session"),
        How.END_LATER: _("End later"),
    }[found.how]
    note = ""
    if found.later:
        note = ngettext(
            "Ends %(n)s minute later. Ask the room first.", "Ends %(n)s minutes later. Ask the room first.", found.later
        ) % {"n": found.later}
    elif found.spare:
        note = ngettext("%(n)s minute to spare.", "%(n)s minutes to spare.", found.spare) % {"n": found.spare}
    return {"heading": heading, "changes": changes, "note": note}


def reason(code: str, number: int) -> str:
    """One reason of a table draw."""
    words = {
        "tables": lambda: ngettext("%(n)s table.", "%(n)s tables.", number),
        "new_pairs": lambda: ngettext(
            "%(n)s pair of people sits together for the first time.",
            "%(n)s pairs of people sit together for the first time.",
            number,
        ),
        "repeat_pairs": lambda: ngettext(
            "%(n)s pair has shared a table before.", "%(n)s pairs have shared a table before.", number
        ),
        "same_employer": lambda: ngettext(
            "%(n)s pair works for the same organization.", "%(n)s pairs work for the same organization.", number
        ),
        "same_sector": lambda: ngettext(
            "%(n)s pair works in the same sector.", "%(n)s pairs work in the same sector.", number
        ),
        "apart_kept": lambda: ngettext("%(n)s pair is kept apart.", "%(n)s pairs are kept apart.", number),
        "apart_broken": lambda: ngettext(
            "%(n)s pair could not be kept apart.", "%(n)s pairs could not be kept apart.", number
        ),
    }
    return words[code]() % {"n": number} if code in words else ""
