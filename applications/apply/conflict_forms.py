"""Two windows saved different answers: show both side by side and let the applicant choose, question by question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from applications.apply.actions import SaveOutcome
from applications.form_definition.definition import FormQuestion, Section
from cohort.questions.text import fill
from cohort.questions.values import Value, names_of, posted, said

_KEEP = "keep--"


@dataclass(frozen=True)
class ConflictRow:
    """One question with both answers. ``both`` means that the two texts may be kept one after the other."""

    name: str
    label: str
    theirs: list[str]
    mine: list[str]
    both: bool


def rows(
    section: Section, outcome: SaveOutcome, data: Mapping[str, Sequence[str]], facts: Mapping[str, str]
) -> list[ConflictRow]:
    """The questions that differ. What was typed is shown as typed, even when the form would refuse it."""
    found = []
    for question in section.questions:
        if question not in outcome.differing:
            continue
        theirs = said(question, outcome.values.get(question.id))
        if question.id in outcome.cleaned.values:
            mine = said(question, outcome.cleaned.values[question.id])
        else:
            mine = [text for name in names_of(question) for text in data.get(name, []) if text.strip()]
        found.append(
            ConflictRow(
                f"{_KEEP}{question.id}",
                fill(question.label, facts),
                theirs,
                mine,
                question.type == "textarea" and bool(theirs) and bool(mine),
            )
        )
    return found


def hidden(section: Section, data: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """What was typed in this window, to carry along until the choice is made."""
    return [(name, text) for q in section.questions for name in names_of(q) for text in data.get(name, [])]


def chosen(section: Section, data: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Question to ``mine``, ``theirs`` or ``both``; empty when this is not an answer to a conflict."""
    found = {}
    for question in section.questions:
        wish = (data.get(f"{_KEEP}{question.id}") or [""])[-1]
        if wish in ("mine", "theirs", "both"):
            found[question.id] = wish
    return found


def settle(
    section: Section, data: Mapping[str, Sequence[str]], values: Mapping[str, Value], choices: Mapping[str, str]
) -> dict[str, list[str]]:
    """The post that follows from the choices. Questions without a choice keep what this window typed."""
    result = {name: list(strings) for name, strings in data.items()}
    for question in section.questions:
        wish = choices.get(question.id)
        if wish == "theirs":
            _replace(result, question, posted(question, values.get(question.id)))
        elif wish == "both" and question.type == "textarea":
            parts = [str(values.get(question.id) or ""), *(data.get(question.id) or [])[-1:]]
            result[question.id] = ["\n\n".join(part for part in parts if part.strip())]
    return result


def _replace(result: dict[str, list[str]], question: FormQuestion, stored: Mapping[str, list[str]]) -> None:
    for name in names_of(question):
        result[name] = list(stored.get(name, []))
