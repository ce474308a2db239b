"""How long a proof takes, and how good the cohort is, on generated pools.

    python benchmarks/selection.py [--sizes 60 300 1000 5000] [--levels tight gap loose] [--seeds 1 2] [--against]

One solver thread. Prints one line per pool: wall seconds, processor seconds, memory, whether every stage
is proved, and the vector. With ``--against``, and if sortition-algorithms is installed, the same pools
(one value per person and factor, no rules, which is what it takes) are drawn by it too.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from applications.selection import evaluate, instances, parse, propose


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[60, 300, 1000, 5000])
    parser.add_argument("--levels", nargs="+", default=["tight", "gap", "loose"], choices=instances.LEVELS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--against", action="store_true", help="compare with sortition-algorithms, if installed")
    args = parser.parse_args()
    import ortools.sat.python.cp_model  # noqa: F401 - loaded before the clock starts

    print(f"{'pool':22} {'wall s':>7} {'cpu s':>7} {'MB':>5}  proved  gap1   gap2  gap3  over  org  ideal  score")
    for size in args.sizes:
        for level in args.levels:
            for seed in args.seeds:
                one(instances.make(size, level, seed))
                if args.against:
                    against(instances.flatten(instances.make(size, level, seed)))


def one(data: dict[str, Any]) -> dict[str, int]:
    problem = parse(data)
    wall, cpu = time.perf_counter(), time.process_time()
    proposal = propose(problem)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line(data["name"], wall, cpu, memory, "yes" if proposal.proved else "NO", dict(proposal.vector))
    return dict(proposal.vector)


def line(name: str, wall: float, cpu: float, memory: float, proved: str, v: dict[str, int]) -> None:
    print(f"{name:22} {wall:7.2f} {cpu:7.2f} {memory:5.0f}  {proved:6} {v.get('gap1', 0):5d} {v.get('gap2', 0):6d} "
          f"{v.get('gap3', 0):5d} {v['over']:5d} {v['org']:4d} {v['dev'] / 100:6.2f} {-v['score'] / 1500:6.3f}",
          flush=True)


def against(data: dict[str, Any]) -> None:
    """The same pool drawn by sortition-algorithms, measured by our vector."""
    try:
        from sortition_algorithms import run_stratification
        from sortition_algorithms.features import FeatureValueMinMax
        from sortition_algorithms.people import People
        from sortition_algorithms.settings import Settings
        from sortition_algorithms.utils import override_logging_handlers  # noqa: F401 - only there in known versions
    except ImportError:
        print(f"{data['name']:22} sortition-algorithms is not installed: no comparison")
        return
    ours = one(data)
    settings = Settings(id_column="id", columns_to_keep=[], check_same_address=False, selection_algorithm="maximin")
    features: dict[str, dict[str, Any]] = {}
    for target in data["targets"]:
        wanted = FeatureValueMinMax(min=target["min"], max=target["max"])
        features.setdefault(target["factor"], {})[target["value"]] = wanted
    people = People([])
    for person in data["people"]:
        people.add(person["id"], {k: str(v) for k, v in person.items()}, features)  # type: ignore[arg-type]
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        ok, panels, _report = run_stratification(features, people, data["panel"], settings)
    except Exception as error:
        print(f"{data['name']:22} sortition-algorithms: {type(error).__name__}: {str(error)[:90]}")
        return
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if not ok:
        print(f"{data['name']:22} sortition-algorithms found no panel in {wall:.2f} s")
        return
    theirs = evaluate(parse(data), sorted(panels[0]))
    line("  sortition-algorithms", wall, cpu, 0, "-", theirs)
    names = [name for name in ours if name.startswith("gap")]
    if [ours[n] for n in names] > [theirs[n] for n in names]:
        raise SystemExit("our gap vector is worse than theirs")


if __name__ == "__main__":
    main()
