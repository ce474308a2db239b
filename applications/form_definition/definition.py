"""What an application form is: questions of :mod:`cohort.questions`, and what applications add to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cohort.questions.definition import Question, Sheet


@dataclass(frozen=True)
class Gate:
    """Which answers let a person in, keep them out, or need a look by staff.

    ``kind_words`` say to the person what the program needs, when their answer keeps them out or needs a look;
    ``other_ways`` what they can do instead, one way a line.
    """

    passes: frozenset[str]
    fails: frozenset[str]
    check: frozenset[str]
    kind_words: str = ""
    other_ways: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormQuestion(Question):
    """One question of a form.

    ``type`` is the word of the form file, as in :mod:`~applications.form_definition.dialect`; ``text`` are the words of
    a notice. ``visibility`` says who may ever read the answer, ``retention`` and ``deletes_on_withdraw`` how long it is
    kept, ``factor`` what it counts for. A ``consent`` is a choice about information.
    """

    type: str = ""
    section: str = ""
    fields: tuple[FormQuestion, ...] = ()
    show_if_setting: str = ""
    gate: Gate | None = None
    visibility: str = "staff"
    autocomplete: str = ""
    factor: str = ""
    consent: bool = False
    deletes_on_withdraw: str = ""
    text: str = ""
    retention: str = ""

    @property
    def unticked(self) -> bool | None:
        """A consent that is not given is kept as a no."""
        return False if self.consent else None


@dataclass(frozen=True)
class Section(Sheet):
    """One page of the form."""

    other_formats: str = ""
    questions: tuple[FormQuestion, ...] = ()

    @cached_property
    def private(self) -> str:
        """``equity_data`` or ``access`` when every answer here goes to that drawer alone, else empty."""
        kinds = {q.visibility for q in self.questions if q.kind}
        return next(iter(kinds)) if len(kinds) == 1 and kinds <= {"equity_data", "access"} else ""


@dataclass(frozen=True)
class Form:
    """A whole form. ``employer`` is the short form for the person who confirms support.

    ``kept_days`` says per class of data after how many days it is deleted.
    """

    title: str = ""
    minutes: int = 0
    sections: tuple[Section, ...] = ()
    employer: Section | None = None
    letters: Mapping[str, Any] = field(default_factory=dict)
    kept_days: Mapping[str, int] = field(default_factory=dict)
    version: int = 1

    @cached_property
    def questions(self) -> dict[str, FormQuestion]:
        return {q.id: q for section in self.sections for q in section.questions}

    @cached_property
    def asked(self) -> dict[str, FormQuestion]:
        """All questions, those of the short form for employers included."""
        return {**{q.id: q for q in (self.employer.questions if self.employer else ())}, **self.questions}

    @cached_property
    def parts(self) -> tuple[Section, ...]:
        """The sections that hold something to read or answer; the last check page is not one of them."""
        return tuple(s for s in self.sections if any(q.type != "submit" for q in s.questions))

    def part(self, section_id: str) -> Section | None:
        return next((s for s in self.parts if s.id == section_id), None)
