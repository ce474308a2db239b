"""The register itself, and what every registered kind of every app must have."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import get_template

from cohort.outbox.registry import kinds
from tests.outbox.conftest import REAL


def test_two_kinds_cannot_share_a_name(trial: Any) -> None:
    kind = trial()
    assert kinds.register(kind) is kind  # AppConfig.ready may run twice
    with pytest.raises(ValueError, match="Two message kinds"):
        kinds.register(kinds.MessageKind(name="trial", klass="A", title="Other", template="other/template"))


@pytest.mark.parametrize("wrong", [{"klass": "Z"}, {"topic": "nonsense"}, {"on_unknown": "maybe"}])
def test_a_kind_with_a_field_outside_its_range_is_refused(trial: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="trial"):
        trial(**wrong)


@pytest.mark.parametrize("name", sorted(REAL))
def test_every_kind_has_its_three_templates_and_plain_names(name: str) -> None:
    kind = REAL[name]
    for ending in (".subject.txt", ".txt", ".html"):
        get_template(kind.template + ending)
    assert str(kind.title).strip()
    assert "_" not in str(kind.title)
    if kind.stoppable:
        assert str(kind.about).strip(), "the preferences page says what a kind is about"


def test_essential_kinds_have_no_off_switch(trial: Any) -> None:
    assert not trial(klass="A").stoppable
    assert trial(klass="B").stoppable
    assert not trial(klass="F", can_stop=False).stoppable
