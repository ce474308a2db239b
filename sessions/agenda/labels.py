"""Warnings of an agenda as sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.agenda.timing import Warning


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
