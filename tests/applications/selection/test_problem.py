"""Bad input is refused with the path of the field that is wrong."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from applications.selection import BadInput, instances, parse

GOOD = instances.make(60, "tight", 1)


def change(path: list[Any], value: Any) -> dict[str, Any]:
    data = copy.deepcopy(GOOD)
    at: Any = data
    for step in path[:-1]:
        at = at[step]
    if value is KeyError:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("steps", "value", "path"),
    [
        (["panel"], 0, "panel"),
        (["panel"], "15", "panel"),
        (["panel"], True, "panel"),
        (["panel_min"], 16, "panel_min"),
        (["people"], {}, "people"),
        (["people", 3], 7, "people[3]"),
        (["people", 3, "id"], "A00002", "people[3].id"),
        (["people", 3, "id"], "", "people[3].id"),
        (["people", 3, "score"], 99, "people[3].score"),
        (["people", 3, "score"], 300.5, "people[3].score"),
        (["people", 3, "org"], 5, "people[3].org"),
        (["people", 3, "county"], KeyError, "people[3].county"),
        (["people", 3, "county"], ["C1-metro", "C2-metro"], "people[3].county"),
        (["people", 3, "race"], ["White", 4], "people[3].race[1]"),
        (["targets"], None, "targets"),
        (["targets", 2, "kind"], "double", "targets[2].kind"),
        (["targets", 2, "kind"], "single", "targets[2].kind"),
        (["targets", 2, "factor"], "score", "targets[2].factor"),
        (["targets", 2, "value"], "AIAN", "targets[2]"),
        (["targets", 2, "min"], -1, "targets[2].min"),
        (["targets", 2, "max"], 0, "targets[2].max"),
        (["targets", 2, "ideal100"], None, "targets[2].ideal100"),
        (["targets", 2, "priority"], 4, "targets[2].priority"),
        (["rules"], [], "rules"),
        (["rules", "org_cap"], 0, "rules.org_cap"),
        (["rules", "org_cap_hard"], "no", "rules.org_cap_hard"),
        (["rules", "conflicts"], [["A00001"]], "rules.conflicts[0]"),
        (["rules", "conflicts"], [["A00001", "A00001"]], "rules.conflicts[0]"),
        (["rules", "conflicts"], [["A00001", "nobody"]], "rules.conflicts[0][1]"),
        (["rules", "pin_in"], ["nobody"], "rules.pin_in[0]"),
        (["rules", "pin_out"], ["A00001", 3], "rules.pin_out[1]"),
        (["lottery_seed"], "", "lottery_seed"),
        (["policies"], {"race": "monitor"}, "targets[0].factor"),
    ],
)
def test_the_path_of_the_bad_field(steps: list[Any], value: Any, path: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(change(steps, value))
    assert caught.value.path == path


def test_the_same_data_without_the_change_is_fine() -> None:
    assert len(parse(GOOD).people) == 60


def test_values_of_factors_without_a_target_are_not_even_read() -> None:
    data = copy.deepcopy(GOOD)
    data["people"][0]["secret"] = "never-in-here"
    assert "never-in-here" not in repr(parse(data))


def test_somebody_who_did_not_answer_holds_nothing() -> None:
    data = change(["people", 0, "county"], None)
    data["people"][0]["race"] = []
    first = next(person for person in parse(data).people if person.id == "A00000")
    assert (first.values["county"], first.values["race"]) == (frozenset(), frozenset())
