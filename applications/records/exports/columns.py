"""What stands in an export: columns with their meaning, and the data dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.common import call_forms, placeholders
from applications.form_definition.definition import Form, FormQuestion
from applications.form_definition.dialect import ONE_CHOICE, TEXTS
from applications.models import Call, FormVersion, Visibility
from cohort.questions.text import fill

Cell = str | int | float | None
DICTIONARY_HEAD = ("column", "meaning", "type", "question", "who_reads_it", "kept")


@dataclass(frozen=True)
class Column:
    """One column: its name in the file, what it means, what kind of value, from which question, who reads it in
    Cohort, and how long it is kept."""

    key: str
    meaning: str
    type: str = ""
    question: str = ""
    readers: str = ""
    kept: str = ""

    def row(self) -> tuple[str, ...]:
        return (self.key, self.meaning, self.type, self.question, self.readers, self.kept)


@dataclass(frozen=True)
class AskedColumn:
    """One question of any frozen form of a call, with its column."""

    question: FormQuestion
    column: Column


def visibility_words(visibility: str) -> str:
    return {
        Visibility.REVIEWER.value: _("readers, without names; the committee; staff"),
        Visibility.STAFF.value: _("staff only"),
        Visibility.SELECTION.value: _("staff and the balance tool"),
    }.get(visibility, "")


def type_words(question: FormQuestion) -> str:
    if question.type in TEXTS:
        return _("text")
    if question.type in ONE_CHOICE:
        return _("one choice, in words")
    if question.type == "checkbox_single":
        return _("yes, or empty")
    return _("several choices or fields, in words, with a semicolon between them")


def _days(days: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def kept_words(form: Form, kind: str = "") -> str:
    """How long an answer is kept: the question's own class, or that of the application it belongs to."""
    days = form.kept_days
    if kind and kind in days:
        return _("%(days)s") % {"days": _days(days[kind])}
    if kind == "scores_and_reasons" or not {"not_selected", "selected"} <= set(days):
        return _("as long as the call’s record")
    return _("%(no)s after the decision; for people who take part, %(yes)s after the cohort ends") % {
        "no": _days(days["not_selected"]),
        "yes": _days(days["selected"]),
    }


def forms_of(call: Call) -> list[tuple[Form, Mapping[str, str]]]:
    """Every frozen form of a call, newest first, with the retention class per question (one statement)."""
    found: list[tuple[Form, Mapping[str, str]]] = []
    for pk, definition in FormVersion.objects.filter(call=call).order_by("-number").values_list("pk", "definition"):
        found.append((call_forms.form_of(pk), _retention(definition)))
    return found


def _retention(definition: Mapping[str, Any]) -> dict[str, str]:
    kinds = {}
    for section in definition.get("sections", []):
        for question in section.get("questions", []) if isinstance(section, Mapping) else []:
            if isinstance(question, Mapping) and isinstance(question.get("retention"), str):
                kinds[str(question.get("id"))] = question["retention"]
    return kinds


def asked(
    call: Call, *visibilities: str, only: Iterable[str] = (), facts: Mapping[str, str] | None = None
) -> list[AskedColumn]:
    """The questions with one of ``visibilities``, of every frozen form, newest first.

    Identity and access questions have other visibilities and can never be asked for here.

    :param only: ids to keep, in this order; all when empty.
    :param facts: values of the placeholders, when the caller has them already.
    """
    bad = set(visibilities) - set(Visibility.values)
    if bad:
        raise ValueError(f"never exported: {sorted(bad)}")
    wanted, facts = list(only), placeholders.facts_for(call) if facts is None else facts
    found: dict[str, AskedColumn] = {}
    for form, kinds in forms_of(call):
        for question in form.questions.values():
            if (
                question.visibility in visibilities
                and not question.consent
                and question.type not in ("notice", "submit")
                and question.id not in found
                and (not wanted or question.id in wanted)
            ):
                found[question.id] = AskedColumn(
                    question,
                    Column(
                        key=question.id,
                        meaning=fill(question.label, facts),
                        type=type_words(question),
                        question=question.id,
                        readers=visibility_words(question.visibility),
                        kept=kept_words(form, kinds.get(question.id, "")),
                    ),
                )
    return [found[key] for key in wanted if key in found] if wanted else list(found.values())


def dictionary(columns: Iterable[Column]) -> Iterator[tuple[str, ...]]:
    """The data dictionary as rows, its head first."""
    yield DICTIONARY_HEAD
    for column in columns:
        yield column.row()
