"""``manage.py select FILE.json [--json]``: work out the best cohort for a problem in a file.

Exit codes: 0 proved best, 1 best found but not proved in the time allowed, 2 impossible (with the
reason), 3 bad input (with the path of the bad field).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from applications.selection import BadInput, Core, Problem, SolverProposal, core, gap_words, gaps, parse, propose

PROVED, NOT_PROVED, IMPOSSIBLE, BAD_INPUT = 0, 1, 2, 3


class Command(BaseCommand):
    help = "Propose a cohort from a JSON file: seats, people, targets and rules."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="JSON file, or - for standard input")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--seconds", type=float, default=120.0, help="longest time for one solve")

    def handle(self, *args: Any, **options: Any) -> None:
        as_json = options["json"]
        try:
            problem = parse(self._read(options["file"]))
        except BadInput as bad:
            self._print(
                as_json,
                {"status": "bad_input", "path": bad.path, "reason": bad.reason},
                f"Bad input at {bad.path}: {bad.reason}",
            )
            sys.exit(BAD_INPUT)
        proposal = propose(problem, limit=options["seconds"])
        if proposal.status == "infeasible":
            found = core(problem, targets=False)
            rules = core_words(found) or [proposal.reason]
            self._print(
                as_json,
                {**proposal.as_data(), "core": rules},
                "No cohort is possible. These cannot hold together:\n" + "\n".join(f"  {r}" for r in rules),
            )
            sys.exit(IMPOSSIBLE)
        self._print(as_json, proposal.as_data(), report(problem, proposal))
        sys.exit(PROVED if proposal.proved else NOT_PROVED)

    def _read(self, name: str) -> Any:
        try:
            text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput("$", f"the file cannot be read: {error}") from error
        try:
            return json.loads(text)
        except ValueError as error:
            raise BadInput("$", f"this is not JSON: {error}") from error

    def _print(self, as_json: bool, data: dict[str, Any], words: str) -> None:
        self.stdout.write(json.dumps(data, ensure_ascii=False) if as_json else words)


def core_words(found: Core) -> list[str]:
    """One line per rule of a conflict."""
    words = {
        "seats": "at least {0.number} seats are filled",
        "pin_in": "{people} is in",
        "pin_out": "{people} is out",
        "apart": "not both {people}",
        "org_cap": "at most {0.number} people of one organization",
        "at_least": "at least {0.number} with {0.factor}={0.value}",
        "at_most": "at most {0.number} with {0.factor}={0.value}",
    }
    return [words[rule.code].format(rule, people=" and ".join(rule.people)) for rule in found.rules]


def report(problem: Problem, proposal: SolverProposal) -> str:
    """The proposal for a person at a terminal."""
    lines = [
        f"{'Proved best' if proposal.proved else 'Best found, not proved'} in {proposal.seconds:.1f} s.",
        f"Seats {len(proposal.cohort)} of {problem.seats}: {' '.join(proposal.cohort)}",
    ]
    for priority in problem.priorities:
        words = gap_words(problem, proposal.vector[f"gap{priority}"], priority)
        lines.append(
            f"Priority {priority}: {words.left_out} groups left out, "
            f"{words.half_or_less} at half of their floor or less, {words.seats_missing} seats missing"
        )
    lines += [
        f"  short of {gap.factor}={gap.value}: {gap.have} of {gap.floor}, {gap.in_pool} in the pool"
        for gap in gaps(problem, proposal.cohort)
    ]
    vector = proposal.vector
    lines.append(
        f"Over ceilings {vector['over']}, over the organization cap {vector['org']}, "
        f"distance from the ideal {vector['dev'] / 100:.2f} seats, total score {-vector['score']}"
    )
    return "\n".join(lines)
