"""How long a proof takes, and how good the group is, on generated pools; beside sortition-algorithms where installed.

    python benchmarks/selection.py [--sizes 60 300 1000 5000] [--levels tight gap loose] [--seeds 1] [--write]

One solver thread. For each pool: wall and processor seconds, whether every stage is proved, targets met, distance from
the ideal and mean score. sortition-algorithms (``pip install -r requirements/benchmarks.in``, in an environment of its
own) takes one value per person and factor and no rules, so it gets each pool flattened that way and so do we; its
panels are measured by our vector, and the command fails if one of them has a better gap vector than ours.
``--write`` puts the table into docs/selection_benchmark.md.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from applications.selection import Problem, evaluate, instances, parse, propose
from applications.selection.measure import counts_of

ROOT = Path(__file__).resolve().parent.parent
PANELS = 5  # drawn by each method of the other library
METHODS = ("legacy", "maximin")


@dataclass
class Row:
    """One line of the table. ``vector`` None: nothing was found, and ``note`` says why."""

    pool: str
    method: str
    wall: float
    cpu: float
    vector: dict[str, int] | None
    met: str = ""
    proved: bool = False
    seats: int = instances.PANEL
    note: str = ""
    panels: int = 0

    def cells(self) -> list[str]:
        head = [self.pool, self.method, f"{self.wall:.2f}", f"{self.cpu:.2f}"]
        if self.vector is None:
            return [*head, self.note or "no panel", "", "", "", ""]
        v, seats = self.vector, max(-self.vector["seats"], 1)
        gaps = " ".join(str(v.get(f"gap{p}", 0)) for p in (1, 2, 3))
        return [
            *head,
            "yes" if self.proved else "",
            self.met,
            gaps,
            f"{v['dev'] / 100:.2f}",
            f"{-v['score'] / 100 / seats:.3f}",
        ]


HEADS = ["pool", "method", "wall s", "cpu s", "proved", "targets met", "gap vector", "from ideal", "mean score"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[60, 300, 1000, 5000])
    parser.add_argument("--levels", nargs="+", default=["tight", "gap", "loose"], choices=instances.LEVELS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--compare", type=int, nargs="+", help="seeds to compare for; all of them without it")
    parser.add_argument("--alone", action="store_true", help="leave sortition-algorithms out")
    parser.add_argument("--seconds", type=int, default=60, help="the most for one draw of sortition-algorithms")
    parser.add_argument("--lottery-up-to", type=int, default=300, help="largest pool for its equal-chance lottery")
    parser.add_argument("--write", action="store_true", help="write docs/selection_benchmark.md")
    parser.add_argument("--draw", choices=METHODS, help=argparse.SUPPRESS)  # the other library's own process
    args = parser.parse_args()
    if args.draw:
        print("\n" + json.dumps(panels_of(json.load(sys.stdin), args.draw, args.seconds)))  # the last line: it talks
        return
    import ortools.sat.python.cp_model  # noqa: F401 - loaded before the clock starts

    rows: list[Row] = []
    say(HEADS)
    for size in args.sizes:
        for level in args.levels:
            for seed in args.seeds:
                data = instances.make(size, level, seed)
                rows.append(ours(data))
                if not args.alone and seed in (args.compare or args.seeds):
                    methods = METHODS if size <= args.lottery_up_to else METHODS[:1]
                    rows += against(instances.flatten(data), args.seconds, methods)
    if args.write:
        write(rows, args)


def say(cells: Sequence[str]) -> None:
    widths = (24, 28, 7, 7, 22, 11, 16, 10, 10)
    print(" ".join(f"{cell:<{w}}" for cell, w in zip(cells, widths, strict=True)).rstrip(), flush=True)


def keep(row: Row) -> Row:
    say(row.cells())
    return row


def met(problem: Problem, cohort: Sequence[str]) -> str:
    """How many targets lie within floor and ceiling."""
    counts = counts_of(problem, problem.places(cohort))
    inside = sum(t.min <= count <= t.max for t, count in zip(problem.targets, counts, strict=True))
    return f"{inside} of {len(counts)}"


def ours(data: dict[str, Any]) -> Row:
    problem = parse(data)
    wall, cpu = time.perf_counter(), time.process_time()
    found = propose(problem)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return keep(Row(data["name"], "Cohort", wall, cpu, dict(found.vector), met(problem, found.cohort), found.proved))


def against(data: dict[str, Any], seconds: int, methods: Sequence[str]) -> list[Row]:
    """The same flat pool by us and by each method of sortition-algorithms, all measured by our vector."""
    if importlib.util.find_spec("sortition_algorithms") is None:
        print("sortition-algorithms is not installed: nothing to compare with", flush=True)
        return []
    mine = ours(data)
    return [mine, *(drawn(data, method, seconds, mine) for method in methods)]


def drawn(data: dict[str, Any], method: str, seconds: int, mine: Row) -> Row:
    """What one method draws, in a process of its own: its solver library and ours cannot be loaded into one."""
    label = f"sortition-algorithms {method}"
    call = [sys.executable, __file__, "--draw", method, "--seconds", str(seconds)]
    try:
        done = subprocess.run(
            call, input=json.dumps(data), capture_output=True, text=True, check=True, timeout=10 * seconds + 60
        )
    except subprocess.TimeoutExpired:
        return keep(Row(data["name"], label, 10 * seconds + 60, 0, None, note="stopped"))
    found = json.loads(done.stdout.splitlines()[-1])
    row = Row(data["name"], label, found["wall"], found["cpu"], None, note=found["note"])
    if not found["panels"]:
        return keep(row)
    problem = parse(data)
    vectors = [(evaluate(problem, panel), panel) for panel in found["panels"]]
    assert mine.vector is not None
    names = [name for name in mine.vector if name.startswith("gap")]
    for vector, _panel in vectors:
        if [mine.vector[n] for n in names] > [vector[n] for n in names]:
            raise SystemExit(f"{data['name']}: a panel of {label} has a better gap vector than ours")
    row.panels = len(vectors)
    row.vector, panel = min(vectors, key=lambda pair: tuple(pair[0].values()))
    row.met = met(problem, panel)
    return keep(row)


def panels_of(data: dict[str, Any], method: str, seconds: int) -> dict[str, Any]:
    """Panels drawn by sortition-algorithms, with the seconds that the draw took."""
    from sortition_algorithms import Settings, run_stratification
    from sortition_algorithms.features import FeatureValueMinMax
    from sortition_algorithms.people import People

    settings = Settings(id_column="id", columns_to_keep=[], check_same_address=False, selection_algorithm=method)
    features: dict[str, dict[str, Any]] = {}
    for target in data["targets"]:
        wanted = FeatureValueMinMax(min=target["min"], max=target["max"])
        features.setdefault(target["factor"], {})[target["value"]] = wanted
    people = People([])
    for number, person in enumerate(data["people"], start=1):
        words = {key: str(value) for key, value in person.items()}
        people.add(person["id"], words, features, number)  # type: ignore[arg-type]
    wall, cpu, note = time.perf_counter(), time.process_time(), "no panel"
    try:
        ok, panels, _report = run_stratification(
            features,
            people,
            data["panel"],
            settings,
            max_seconds=seconds,  # type: ignore[arg-type]
            number_selections=1 if method == "legacy" else PANELS,
        )
    except Exception as error:
        ok, panels, note = False, [], type(error).__name__
    return {
        "panels": [sorted(panel) for panel in panels] if ok else [],
        "note": note,
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
    }


def write(rows: Sequence[Row], args: argparse.Namespace) -> None:
    """The table as a page of the documentation."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    mine = [row for row in rows if row.method == "Cohort"]
    slowest = max(mine, key=lambda row: row.cpu)
    theirs = [row for row in rows if row.method != "Cohort"]
    lottery = [row for row in theirs if row.method.endswith("maximin")]
    took = {n: max((row.cpu for row in lottery if row.pool.startswith(f"pool{n}-")), default=0.0) for n in args.sizes}
    words = ", ".join(f"{seconds:.1f} s for {n} people" for n, seconds in took.items() if seconds)
    lines = [
        "# How fast and how good a proposal is",
        "",
        "Written by `python benchmarks/selection.py --write`; do not edit. Pools are generated and invented, for 15",
        "seats and about 30 targets. `-flat` pools have one value per person and factor and no rules, which is what",
        "sortition-algorithms takes; its best panel of several is shown, measured by our vector. It draws by lot and",
        "does not look at scores or ideals, so only time and the gap vector (floors missed, by priority) compare.",
        f"Its equal-chance lottery (maximin) took up to {words} of processor time and gives chances, which are no part",
        f"of this comparison; it was run up to {args.lottery_up_to} people. "
        + ("" if args.lottery_up_to >= 300 else "One draw for 300 people took 19 s (loose, seed 1) and 65 s"),
        *(
            []
            if args.lottery_up_to >= 300
            else ["(tight, seed 1), with the gap vector of ours; `--lottery-up-to 300` does it again."]
        ),
        "",
        f"One solver thread, Python {platform.python_version()} on {platform.machine()}, at most {memory} MB. "
        f"Slowest of {len(mine)} proofs: {slowest.pool}, {slowest.cpu:.2f} seconds of processor time.",
        "Wall seconds depend on what else the machine does: compare processor time.",
        "",
        f"In {sum(row.panels > 0 for row in theirs)} of {len(theirs)} runs the other library found a panel, "
        f"{sum(row.panels for row in theirs)} panels in all; in the others no panel",
        "meets every quota, or it gave up. The command stops with an error if a panel has a better gap vector than",
        "ours; none had.",
        "",
        "| " + " | ".join(HEADS) + " |",
        "|" + "|".join(["---"] * 2 + ["---:"] * 2 + ["---"] * 3 + ["---:"] * 2) + "|",
    ]
    lines += ["| " + " | ".join(row.cells()) + " |" for row in rows]
    (ROOT / "docs" / "selection_benchmark.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
