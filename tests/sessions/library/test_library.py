"""The library comes from the fact file, whole or not at all."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.urls import reverse

from cohort.people import facts
from sessions.library import facts as library_facts
from sessions.library.actions import Refused, load_activities
from sessions.models import Activity
from tests.conftest import signed_in

FACTS = facts.read(settings.FACTS_DIR / "activities.yaml")


def changed(tmp_path: Path, **fields: Any) -> Path:
    """A fact file with one template, "triz", with some fields replaced."""
    template = copy.deepcopy(next(t for t in FACTS["templates"] if t["slug"] == "triz"))
    template.update(fields)
    path = tmp_path / "activities.yaml"
    path.write_text(yaml.safe_dump({**FACTS, "templates": [template]}), encoding="utf-8")
    return path


def test_all_templates_load_once(db: None) -> None:
    count = len(FACTS["templates"])
    assert load_activities() == {"added": count, "changed": 0, "same": 0, "retired": 0}
    assert load_activities() == {"added": 0, "changed": 0, "same": count, "retired": 0}
    assert Activity.objects.count() == count == 55


def test_new_words_make_a_new_version_and_what_left_is_retired(db: None, tmp_path: Path) -> None:
    load_activities()
    assert load_activities(path=changed(tmp_path, purpose="Other words.")) == {
        "added": 0,
        "changed": 1,
        "same": 0,
        "retired": 54,
    }
    triz = Activity.objects.get(slug="triz")
    assert (triz.version, triz.purpose, triz.retired) == (2, "Other words.", False)
    assert load_activities() == {"added": 0, "changed": 1, "same": 54, "retired": 0}
    assert Activity.objects.filter(retired=True).count() == 0


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"credit": " "}, "credit is empty"),
        ({"minutes": {"min": 40, "default": 35, "max": 50}}, "minutes are not min <= default <= max"),
        ({"minutes": {"min": 20, "default": 36, "max": 50}}, "steps add up to 35 minutes, not 36"),
        ({"phase": "later"}, "phase 'later' is not known"),
        (
            {"prompts": [{"key": "a", "default_visibility": "cohort", "may_share_to": ["private"]}]},
            "prompt a: cohort is not in its ladder",
        ),
    ],
)
def test_a_broken_file_loads_nothing(db: None, tmp_path: Path, fields: dict[str, Any], line: str) -> None:
    with pytest.raises(Refused) as found:
        load_activities(path=changed(tmp_path, **fields))
    assert found.value.lines == [f"triz: {line}"]
    assert Activity.objects.count() == 0


def test_missing_fields_are_named() -> None:
    assert library_facts.problems({"slug": "x"}, readers=[], phases=[])[0].startswith("missing: name, credit")


def test_search_by_word_and_phase(library: dict[str, Activity], cast: Any) -> None:
    client, url = signed_in(cast.facilitator), reverse("program_sessions:library")

    def found(**query: str) -> list[str]:
        return [activity.slug for activity in client.get(url, query).context["activities"]]

    assert found(q="worst result") == ["triz"]
    assert found(phase="produce") == [
        "agreements-return",
        "name-the-pattern",
        "co-writing-sprint",
        "plan-signoff",
        "buffer",
    ]
    assert found(q="no such words anywhere") == []
    assert len(found(phase="nonsense")) == 55


def test_one_activity_shows_credit_and_readers(library: dict[str, Activity], cast: Any) -> None:
    page = (
        signed_in(cast.facilitator).get(reverse("program_sessions:activity", args=["power-and-fear"])).content.decode()
    )
    assert library["power-and-fear"].credit[:40] in page
    assert "Only you" in page
