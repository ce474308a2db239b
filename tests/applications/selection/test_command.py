"""``manage.py select`` prints what the design says and ends with the right code."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from applications.selection import instances, propose


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


@pytest.mark.parametrize(
    ("data", "path"), [({"panel": 15}, "targets"), ("{", "$"), ({"panel": 0}, "panel"), ([], "$")]
)
def test_bad_input_names_the_field(tmp_path: Path, data: Any, path: str) -> None:
    code, text = run(tmp_path, data, "--json")
    assert (code, json.loads(text)["path"]) == (3, path)
    assert run(tmp_path, data)[1].startswith(f"Bad input at {path}:")
