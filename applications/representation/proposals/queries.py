"""What the board shows: counts per value, gaps in words, and the reasons of a proposal. Never one person's values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications import selection
from applications.common import lists_in_words
from applications.models import Call, Explanation, Proposal
from applications.representation.pool.problem import Pool
from applications.representation.proposals import labels as proposals_labels
from applications.representation.proposals.labels import Names
from applications.representation.proposals.matrix import Matrix, Series, matrices
from applications.representation.proposals.names import names_from, numbers_of
from applications.representation.targets import queries as targets_queries
from applications.representation.targets.region import population
from applications.selection.measure import counts_of
from cohort.people.models import User
from cohort.ui.charts import TargetChart, TargetRow

MOST_LISTED = 20


# ---------------------------------------------------------------- charts


def chart(
    title: str, rows: Sequence[TargetRow], *, unit: str, pool_total: int | None, of_pool: bool = False
) -> TargetChart:
    """The chart of one factor, with the sentence that says what it shows."""
    short = [row for row in rows if row.short]
    over = [row for row in rows if row.over and not of_pool]
    if not short and not over:
        summary = _("Every floor could be met from these applications.") if of_pool else _("Every floor is met.")
    else:
        parts = []
        if short:
            labels = lists_in_words.listed([row.label for row in short])
            parts.append(_("Below the floor: %(groups)s.") % {"groups": labels})
        if over:
            labels = lists_in_words.listed([row.label for row in over])
            parts.append(_("Above the ceiling: %(groups)s.") % {"groups": labels})
        summary = " ".join(parts)
    return TargetChart(title=title, summary=summary, rows=rows, unit=unit, pool_total=pool_total)


def pool_charts(pool: Pool) -> list[TargetChart]:
    """Per factor: how many applications of the pool could fill each target."""
    charts = []
    for factor, mine in pool.groups:
        rows = []
        for target in mine:
            count = sum(1 for member in pool.members if member.holds(target))
            note = ""
            if count < target.floor:
                note = ngettext(
                    "%(n)s more application is needed for the floor.",
                    "%(n)s more applications are needed for the floor.",
                    target.floor - count,
                ) % {"n": target.floor - count}
            rows.append(TargetRow(target.label, count, floor=target.floor, note=note))
        charts.append(chart(factor.name, rows, unit=_("applications"), pool_total=None, of_pool=True))
    return charts


# ---------------------------------------------------------------- one proposal


@dataclass(frozen=True)
class Reason:
    """One application with its reason in words; ``ready`` False while it is being worked out."""

    reference: str
    words: str
    ready: bool = True
    pinned: bool = False
    hidden: bool = False


@dataclass
class ShownProposal:
    """One proposal with everything that is needed to explain it. Made by :func:`shown`."""

    proposal: Proposal
    names: Names
    order: Sequence[tuple[str, str]]  # (factor, code) of the call's targets, in their order
    answers: Mapping[str, Explanation] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()  # applications that the reader has a tie to
    region: Mapping[tuple[str, str], float] = field(default_factory=dict)  # share of the people who live there

    @property
    def away(self) -> frozenset[UUID]:
        """The same applications as ids, for forms."""
        return frozenset(map(UUID, self.hidden))

    @cached_property
    def problem(self) -> selection.Problem:
        return selection.parse(self.proposal.problem)

    @property
    def cohort(self) -> list[str]:
        return list(self.proposal.cohort)

    @property
    def seats(self) -> int:
        return self.problem.seats

    @cached_property
    def mean(self) -> str:
        """Mean score of the proposed people, of 5."""
        scores = [p.score for p in self.problem.people if p.id in set(self.cohort)]
        return f"{sum(scores) / len(scores) / 100:.2f}" if scores else "–"

    @cached_property
    def gaps(self) -> list[str]:
        found = selection.gaps(self.problem, self.cohort)
        name = self.names.target
        return [proposals_labels.gap_sentence(name(g.factor, g.value), g.have, g.floor, g.in_pool) for g in found]

    @cached_property
    def summary(self) -> list[str]:
        """The proposal in a few sentences."""
        vector, filled = self.proposal.vector, len(self.cohort)
        lines = [_("%(filled)s of %(seats)s seats are filled.") % {"filled": filled, "seats": self.seats}]
        if not self.gaps:
            lines.append(_("No floor is missed."))
        else:
            missed = len(self.gaps)
            lines.append(ngettext("%(n)s floor is missed.", "%(n)s floors are missed.", missed) % {"n": missed})
        if over := vector.get("over"):
            words = ngettext("%(n)s seat is above a ceiling.", "%(n)s seats are above a ceiling.", over)
            lines.append(words % {"n": over})
        if beyond := vector.get("org"):
            lines.append(
                ngettext(
                    "%(n)s seat goes beyond the limit for one organization.",
                    "%(n)s seats go beyond the limit for one organization.",
                    beyond,
                )
                % {"n": beyond}
            )
        lines.append(
            _("All targets together are %(seats)s away from their ideals.")
            % {"seats": proposals_labels.seats_words(vector.get("dev", 0))}
        )
        lines.append(_("The mean score is %(mean)s of 5.") % {"mean": self.mean})
        return lines

    def matrices(self, *others: tuple[str, Sequence[str]]) -> list[Matrix]:
        """Per factor: region, pool, this proposal and others (a name and a group each) beside each other."""
        groups = [(_("This proposal"), self.cohort), *others]
        series = [Series(label, len(group), self._counted(group)) for label, group in groups]
        return matrices(self.problem, self.order, self.names, self.region, series)

    def other(self, proposal: Proposal) -> ShownProposal:
        """Another proposal of the same call in the same words, without its reasons."""
        return ShownProposal(proposal, self.names, self.order, {}, self.hidden, self.region)

    def _counted(self, group: Sequence[str]) -> dict[tuple[str, str], int]:
        now = counts_of(self.problem, [self.problem.index[one] for one in group if one in self.problem.index])
        return {(t.factor, t.value): n for t, n in zip(self.problem.targets, now, strict=True)}

    @property
    def beside(self) -> list[tuple[str, Sequence[str]]]:
        """The other good groups that are known, for the drawings."""
        return [(_("Group %(n)s") % {"n": row["number"]}, row["cohort"]) for row in self.alternatives]

    @cached_property
    def members(self) -> list[Reason]:
        """Who is proposed, by number, each with the reason."""
        pinned = set(self.problem.rules.pin_in)
        return [self._reason(one, pinned) for one in sorted(self.cohort, key=self.names.person)]

    def others(self) -> list[Reason]:
        """Applications that are not proposed and somebody has asked about."""
        asked = [key.removeprefix("why:") for key in self.answers if key.startswith("why:")]
        rest = [one for one in asked if one not in self.cohort]
        return [self._reason(one, set(self.problem.rules.pin_out)) for one in sorted(rest, key=self.names.person)]

    @property
    def apart(self) -> dict[str, Any]:
        """What is known of the identity factors that count here (see ``Proposal.sealed``); empty without any."""
        return dict(self.proposal.sealed)

    @property
    def apart_words(self) -> list[str]:
        """Which identity factors counted, by whose approval, and the one thing that is told about it."""
        return proposals_labels.apart_words(self.apart)

    def _reason(self, one: str, pinned: set[str]) -> Reason:
        if one in self.hidden:
            return Reason(
                self.names.person(one),
                _("You stay away from this application, so its reason is not shown."),
                hidden=True,
            )
        if self.apart.get("counted"):
            return Reason(self.names.person(one), self._holds_up(one), pinned=one in pinned)
        answer = self.answers.get(f"why:{one}")
        if answer is None and self.proposal.origin != Proposal.Origin.SOLVER:
            return Reason(self.names.person(one), self._by_hand(one), pinned=one in pinned)
        if answer is None or answer.state == Explanation.State.ASKED:
            return Reason(self.names.person(one), _("The reason is being worked out."), False, one in pinned)
        if answer.state == Explanation.State.FAILED:
            return Reason(self.names.person(one), _("The reason could not be worked out. Ask about this number again."))
        words = proposals_labels.why_words(answer.answer, one, self.names, len(self.cohort))
        return Reason(self.names.person(one), words, True, one in pinned)

    def _holds_up(self, one: str) -> str:
        """Which floors that may be shown would be missed without this person, by counting alone."""
        problem = self.problem
        now = counts_of(problem, [problem.index[other] for other in self.cohort])
        mine = [problem.targets[t] for t in problem.held[problem.index[one]] if now[t] == problem.targets[t].min]
        if not mine:
            return _("No floor that is shown here rests on this application alone.")
        return _("Without this application a floor would be missed: %(groups)s.") % {
            "groups": lists_in_words.listed([self.names.target(t.factor, t.value) for t in mine])
        }

    def _by_hand(self, one: str) -> str:
        """Why somebody is in a group that a person made: they stayed from the proposal before, or were put in."""
        base = self.proposal.base
        if base is None or one in base.cohort:
            return _("In, as in the proposal before.")
        return _("Put in by hand.") if self.proposal.origin == Proposal.Origin.HAND else _("New in this group.")

    def answer(self, key: str) -> dict[str, Any] | None:
        """A worked-out answer, or None."""
        found = self.answers.get(key)
        return found.answer if found is not None and found.state == Explanation.State.READY else None

    @property
    def waiting(self) -> bool:
        """Whether some answer is being worked out."""
        return any(e.state == Explanation.State.ASKED for e in self.answers.values())

    @property
    def stages(self) -> list[str]:
        """What was proved, one line per stage."""
        lines = []
        for stage in self.proposal.stages:
            proved = stage["proved"] if "proved" in stage else stage["optimum"] == stage["bound"]
            words = _("%(stage)s: not proved")
            if proved:
                words = _("%(stage)s: proved in %(s)s seconds") if stage["seconds"] >= 0.01 else _("%(stage)s: proved")
            name = proposals_labels.stage_name(stage["name"])
            lines.append(words % {"stage": name, "s": f"{stage['seconds']:.2f}"})
        return lines

    @cached_property
    def core(self) -> list[str]:
        return [proposals_labels.rule_words(rule, self.names) for rule in (self.answer("core") or {}).get("rules", [])]

    @cached_property
    def recruits(self) -> list[str] | None:
        """Who is missing: one line per further applicant, of the traits worth asking for; None when not known."""
        answer = self.answer("recruit")
        if answer is None:
            return None
        return [
            lists_in_words.listed([self.names.target(f, v) for f, v in asks]) or _("anybody")
            for asks in answer.get("asks", [])
        ]

    @cached_property
    def alternatives(self) -> list[dict[str, Any]]:
        rows = []
        for number, found in enumerate((self.answer("alternatives") or {}).get("cohorts", []), start=1):
            leave, come = set(self.cohort) - set(found["cohort"]), set(found["cohort"]) - set(self.cohort)
            vector = found["vector"]
            rows.append(
                {
                    "number": number,
                    "leave": self.names.people(sorted(leave)),
                    "come": self.names.people(sorted(come)),
                    "dev": proposals_labels.seats_words(vector["dev"]),
                    "mean": f"{-vector['score'] / 100 / len(found['cohort']):.2f}",
                    "cohort": found["cohort"],
                }
            )
        return rows

    @cached_property
    def frontier(self) -> list[dict[str, Any]]:
        return [
            {
                "dev": proposals_labels.seats_words(p["dev"]),
                "mean": f"{p['score'] / 100 / max(len(p['cohort']), 1):.2f}",
                "changes": len(set(self.cohort) - set(p["cohort"])),
            }
            for p in (self.answer("frontier") or {}).get("points", [])
        ]

    @cached_property
    def reserves(self) -> dict[str, Any] | None:
        answer = self.answer("reserves")
        return answer and {**answer, "numbers": self.names.people(answer["ids"])}


def shown(call: Call, proposal: Proposal, user: User | None = None, *, reasons: bool = True) -> ShownProposal:
    """One proposal, ready to be explained to ``user`` (a fixed four statements, three without its reasons)."""
    rows = list(targets_queries.with_policy(call))
    numbers, away = numbers_of(call, user)
    return ShownProposal(
        proposal,
        names_from(call, rows, numbers),
        [(t.factor, t.code) for t in rows],
        {e.key: e for e in proposal.explanations.all()} if reasons else {},
        away,
        population(call, rows),
    )


# ---------------------------------------------------------------- trying changes, at once


@dataclass(frozen=True)
class TargetEffect:
    """What a swap does to one target."""

    label: str
    before: int
    after: int
    words: str
    bad: bool


def swap(view: ShownProposal, out: str, into: str) -> dict[str, Any]:
    """What one swap would change, target by target, in words."""
    effects = selection.swap_effects(view.problem, view.cohort, out, into)
    rows = []
    for change in effects.changes:
        words = _("stays within its range")
        if change.after < change.min:
            words = _("below its floor of %(n)s") % {"n": change.min}
        elif change.after > change.max:
            words = _("above its ceiling of %(n)s") % {"n": change.max}
        elif change.mends:
            words = _("comes into its range")
        rows.append(
            TargetEffect(
                view.names.target(change.factor, change.value),
                change.before,
                change.after,
                words,
                not change.min <= change.after <= change.max,
            )
        )
    dev = effects.after["dev"] - effects.before["dev"]
    return {
        "out": view.names.person(out),
        "into": view.names.person(into),
        "rows": rows,
        "broken": [proposals_labels.broken_words(code, view.names) for code in effects.broken],
        "opens_gap": effects.opens_gap,
        "closer": dev < 0,
        "dev": proposals_labels.seats_words(abs(dev)) if dev else "",
        "mean": _signed(effects.score / 100 / max(len(view.cohort), 1)),
        "org": effects.after["org"] - effects.before["org"],
    }


def _signed(change: float) -> str:
    """A change with its sign; nothing when it rounds to zero."""
    words = f"{change:+.2f}"
    return "" if float(words) == 0 else words.replace("-", "−")


def replacements(view: ShownProposal, declined: str) -> list[dict[str, Any]]:
    """The five best people for one seat, each with what it does to the whole."""
    now = dict(view.proposal.vector)
    rows = []
    for found in selection.replacements(view.problem, view.cohort, declined):
        worse = selection.first_worse(view.problem, now, found.vector)
        gaps = [name for name in found.vector if name.startswith("gap")]
        dev = found.vector["dev"] - now["dev"]
        rows.append(
            {
                "number": view.names.person(found.id),
                "hidden": found.id in view.hidden,
                "gap": [found.vector[n] for n in gaps] > [now[n] for n in gaps],
                "dev": proposals_labels.seats_words(abs(dev)) if dev else "",
                "closer": dev < 0,
                "mean": f"{-found.vector['score'] / 100 / max(len(view.cohort), 1):.2f}",
                "same": worse is None,
            }
        )
    return rows
