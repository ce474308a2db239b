"""``manage.py select`` prints what docs/selection.md says and ends with the right code."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from applications.selection import instances, parse, propose

pytestmark = pytest.mark.db  # no database, but it searches for seconds: not in -m unit


def run(tmp_path: Path, data: Any, *options: str) -> tuple[int, str]:
    file = tmp_path / "problem.json"
    file.write_text(data if isinstance(data, str) else json.dumps(data))
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("select", str(file), *options, stdout=out)
    return int(ended.value.code or 0), out.getvalue()


def test_a_proved_cohort_as_json(tmp_path: Path) -> None:
    data = instances.make(60, "tight", 1)
    code, text = run(tmp_path, data, "--json")
    printed, proposal = json.loads(text), propose(data)
    assert code == 0
    assert set(printed) == {"status", "proved", "cohort", "vector", "stages", "seconds"}
    assert (printed["status"], printed["proved"]) == ("optimal", True)
    assert printed["cohort"] == sorted(proposal.cohort) == list(proposal.cohort)
    assert printed["vector"] == dict(proposal.vector)
    assert list(printed["vector"]) == ["seats", "gap1", "gap2", "gap3", "over", "org", "dev", "score", "ticket"]
    assert set(printed["stages"][0]) == {"name", "optimum", "bound", "seconds"}


def test_a_proved_cohort_in_words(tmp_path: Path) -> None:
    code, text = run(tmp_path, instances.make(60, "tight", 1))
    assert code == 0
    assert text.startswith("Proved best in ")


def test_an_impossible_problem_names_the_rules(tmp_path: Path) -> None:
    data = instances.make(60, "tight", 1)
    data["rules"].update(pin_in=["A00001", "A00002"], pin_out=[], conflicts=[["A00001", "A00002"]])
    code, text = run(tmp_path, data, "--json")
    printed = json.loads(text)
    assert (code, printed["status"], printed["cohort"]) == (2, "infeasible", [])
    assert printed["reason"]
    assert printed["core"] == ["A00001 is in", "A00002 is in", "not both A00001 and A00002"]


@pytest.mark.parametrize(("data", "path"), [({"panel": 15}, "targets"), ("{", "$"), ({"panel": 0}, "panel"), ([], "$")])
def test_bad_input_names_the_field(tmp_path: Path, data: Any, path: str) -> None:
    code, text = run(tmp_path, data, "--json")
    assert (code, json.loads(text)["path"]) == (3, path)
    assert run(tmp_path, data)[1].startswith(f"Bad input at {path}:")


def test_the_same_data_in_any_order_give_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    """Two processes with other hash seeds, the second with every list of the input shuffled."""
    data = instances.make(300, "gap", 3)
    mixed = json.loads(json.dumps(data))
    rng = random.Random("mixed")
    for rows in (
        mixed["people"],
        mixed["targets"],
        mixed["rules"]["conflicts"],
        mixed["rules"]["pin_in"],
        mixed["rules"]["pin_out"],
        *(v for p in mixed["people"] for v in p.values() if isinstance(v, list)),
    ):
        rng.shuffle(rows)
    assert mixed["people"] != data["people"]
    said = []
    for seed, text in (("1", data), ("4242", mixed)):
        file = tmp_path / f"{seed}.json"
        file.write_text(json.dumps(text))
        done = subprocess.run(
            [sys.executable, "manage.py", "select", str(file), "--json"],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
        )
        said.append(json.loads(done.stdout))
    for one in said:
        one.pop("seconds")
        for stage in one["stages"]:
            stage.pop("seconds")
    assert said[0]["proved"] is True
    assert json.dumps(said[0]) == json.dumps(said[1])
    assert parse(data).digest() == parse(mixed).digest()
