"""What the solver's codes and numbers mean, in plain words. Pure: data in, sentences out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.common.lists_in_words import listed
from cohort.ui.times import day_words

FEW = 3  # more names than this say less than their number
STAGE_NAMES = {
    "queued": gettext_lazy("Waiting for its turn"),
    "seats": gettext_lazy("Filling the seats"),
    "gap1": gettext_lazy("Closing gaps of first priority"),
    "gap2": gettext_lazy("Closing gaps of second priority"),
    "gap3": gettext_lazy("Closing gaps of third priority"),
    "over": gettext_lazy("Staying below ceilings"),
    "org": gettext_lazy("Spreading across organizations"),
    "dev": gettext_lazy("Coming close to the ideal"),
    "score": gettext_lazy("Looking for the highest scores"),
    "ticket": gettext_lazy("Drawing between equally good groups"),
}


@dataclass
class Names:
    """Words for codes: target labels by (factor, code), factor names, application references by id."""

    labels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    factors: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)

    def target(self, factor: str, code: str) -> str:
        return self.labels.get((factor, code), code)

    def person(self, one: str) -> str:
        return self.numbers.get(one, "?")

    def people(self, ids: Sequence[str]) -> str:
        return listed(sorted(map(self.person, ids)))


def apart_words(sealed: Mapping[str, Any]) -> list[str]:
    """Which identity factors count in a proposal, by whose approval, and the one thing that is told about them."""
    if not sealed:
        return []
    lines = [
        _("%(factor)s: approved by %(who)s until %(day)s.")
        % {"factor": one["name"], "who": one["counsel"], "day": day_words(dt.date.fromisoformat(one["until"]))}
        for one in sealed.get("approvals", [])
    ]
    why = sealed.get("why")
    if why == "seats":
        return [
            *lines,
            _(
                "They did not count here: so few seats or people were free that the result would have said "
                "something about single people."
            ),
        ]
    if why == "people":
        return [
            *lines,
            _(
                "They did not count here: too few people said yes to it, or the groups are so small that a "
                "seat would point to a person."
            ),
        ]
    if why == "rule":
        return [*lines, _("They did not count here: the approval was no longer in force.")]
    if why == "hand":
        return [
            *lines,
            _(
                "Nobody looks at them for a group that a person made: the difference would say something "
                "about single people."
            ),
        ]
    if "gap" not in sealed:
        return lines
    return [*lines, _("A gap stays open there.") if sealed["gap"] else _("No gap is open there.")]


def stage_name(stage: str) -> str:
    return str(STAGE_NAMES.get(stage, stage))


def seats_words(hundredths: int) -> str:
    """Hundredths of a seat as seats, such as “1.3 seats”."""
    amount = f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")
    return ngettext("%(n)s seat", "%(n)s seats", 1 if hundredths == 100 else 2) % {"n": amount}


def gap_sentence(label: str, have: int, floor: int, in_pool: int | None = None) -> str:
    """One gap: what is missing, and whether the pool could have filled it."""
    if have == 0:
        words = _("%(group)s: nobody, and the floor is %(floor)s.") % {"group": label, "floor": floor}
    else:
        words = _("%(group)s: %(have)s, and the floor is %(floor)s.") % {"group": label, "have": have, "floor": floor}
    if in_pool is None:
        return words
    if in_pool < floor:
        some = (
            ngettext(
                "Only %(n)s such application is in the pool.", "Only %(n)s such applications are in the pool.", in_pool
            )
            % {"n": in_pool}
            if in_pool
            else _("No such application is in the pool.")
        )
        return f"{words} {some}"
    rest = _("The pool has %(n)s, but not together with the rest of the floors and rules.") % {"n": in_pool}
    return f"{words} {rest}"


def cost_words(answer: Mapping[str, Any], names: Names, seats: int) -> str:
    """What the forced choice of a “why” answer would cost, at the first stage where it is worse."""
    stage, by = answer.get("stage"), int(answer.get("by") or 0)
    if stage is None:
        return _("The group would be just as good.")
    if stage == "seats":
        return ngettext("%(n)s seat would stay empty.", "%(n)s seats would stay empty.", by) % {"n": by}
    if str(stage).startswith("gap"):
        gaps = [gap_sentence(names.target(g["factor"], g["value"]), g["have"], g["floor"]) for g in answer["gaps"]]
        return _("A gap would open or grow.") + (" " + " ".join(gaps) if gaps else "")
    if stage == "over":
        return ngettext(
            "%(n)s more seat would be above a ceiling.", "%(n)s more seats would be above a ceiling.", by
        ) % {"n": by}
    if stage == "org":
        return ngettext(
            "%(n)s more seat would go beyond the limit for one organization.",
            "%(n)s more seats would go beyond the limit for one organization.",
            by,
        ) % {"n": by}
    if stage == "dev":
        return _("The group would be %(seats)s further from the ideal.") % {"seats": seats_words(by)}
    if stage == "score":
        return _("Balance would be the same, and the mean score would be %(points)s points of 5 lower.") % {
            "points": f"{by / 100 / max(seats, 1):.2f}"
        }
    return _("The group would be just as balanced with the same total score. The published draw decides between them.")


def why_words(answer: Mapping[str, Any], person: str, names: Names, seats: int) -> str:
    """The whole reason why an application is in a proposal, or why not."""
    number, inside, status = names.person(person), bool(answer.get("inside")), answer.get("status")
    if status == "pinned_in":
        return (
            _("%(number)s is in because somebody decided so beforehand.") % {"number": number}
            + " "
            + (
                _("Without that decision: %(cost)s") % {"cost": cost_words(answer, names, seats)}
                if answer.get("stage")
                else ""
            )
        )
    if status == "pinned_out":
        return _("%(number)s is out because somebody decided so beforehand.") % {"number": number}
    if status == "infeasible":
        if inside:
            return _("Without %(number)s the rules cannot all be kept.") % {"number": number}
        return _("A group with %(number)s would break a rule.") % {"number": number}
    if status == "unknown":
        return _("This could not be worked out in the time allowed.")
    cost = cost_words(answer, names, seats)
    words = cost
    leave, come = ([one for one in answer.get(side, []) if one != person] for side in ("leave", "come"))
    if inside and len(leave) + len(come) > FEW:
        return (
            words
            + " "
            + ngettext("%(n)s other person would change.", "%(n)s other people would change.", len(come))
            % {"n": len(come)}
        )
    if leave:
        words += " " + _("%(numbers)s would leave.") % {"numbers": names.people(leave)}
    if come:
        words += " " + _("%(numbers)s would come.") % {"numbers": names.people(come)}
    return words


def rule_words(rule: Mapping[str, Any], names: Names) -> str:
    """One rule of a conflict."""
    group, number = names.target(rule["factor"], rule["value"]), rule["number"]
    people = list(rule["people"])
    return {
        "seats": _("%(n)s seats are filled") % {"n": number},
        "pin_in": _("%(who)s is pinned in") % {"who": names.people(people)},
        "pin_out": _("%(who)s is pinned out") % {"who": names.people(people)},
        "apart": _("%(who)s are not both in") % {"who": names.people(people)},
        "org_cap": _("no organization has more than %(n)s") % {"n": number},
        "at_least": _("at least %(n)s: %(group)s") % {"n": number, "group": group},
        "at_most": _("at most %(n)s: %(group)s") % {"n": number, "group": group},
    }[rule["code"]]


def trouble_words(code: str) -> str:
    """Why a proposal did not come about."""
    return {
        "pool": _("Fewer people could be chosen than there are seats."),
        "seats": _("More people are pinned in than there are seats."),
        "pins": _("Somebody is pinned in and out at once."),
        "rules": _("The rules cannot all be kept."),
        "time": _("It took longer than the time allowed."),
        "lost": _("The program that works it out stopped in the middle. Ask again."),
        "error": _("Something went wrong while working it out. Ask again, and tell us if it happens twice."),
    }.get(code, code)


def broken_words(code: str, names: Names) -> str:
    """One hard rule that a swap would break."""
    kind, _sep, rest = code.partition(":")
    if kind == "apart":
        return _("%(who)s are to be kept apart") % {"who": names.people(rest.split(":"))}
    return {
        "seats": _("the number of seats"),
        "pin_in": _("%(who)s is pinned in") % {"who": names.person(rest)},
        "pin_out": _("%(who)s is pinned out") % {"who": names.person(rest)},
        "org": _("the limit for one organization"),
    }[kind]
