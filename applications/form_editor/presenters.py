"""What the pages of the form editor show, made from the definition in work."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.common import placeholders
from applications.common.form_rendering import PartForm
from applications.common.translation_forms import Tally, tally
from applications.form_definition import edits, translations, validation
from applications.form_definition.definition import Section
from applications.form_definition.dialect import load
from applications.form_definition.diff import Changes, compare_written
from applications.form_definition.validation import every, rows, words
from applications.form_editor import labels
from applications.form_editor.actions import WRITABLE
from applications.form_editor.forms import QuestionForm
from applications.form_editor.queries import Work
from applications.models import Answer, Application, FormEdit


@dataclass(frozen=True)
class PartRow:
    """One part in the overview."""

    id: str
    title: str
    words: str
    first: bool
    last: bool
    closing: bool


def parts(work: Work) -> list[PartRow]:
    """All parts; the closing one cannot move."""
    sections = rows(work.definition.get("sections"))
    end = edits.last_check(work.definition)
    found = []
    for place, section in enumerate(sections):
        asked = [q for q, _how in every(section) if q.get("type") not in ("notice", "submit")]
        must = sum(1 for q in asked if q.get("required"))
        n = len(asked)
        said = (
            ngettext("%(n)s question", "%(n)s questions", n) % {"n": n}
            + ", "
            + (_("%(must)s must be answered") % {"must": must} if must else _("all optional"))
        )
        if place >= end:
            said = _("Where people look at their answers and send them")
        found.append(
            PartRow(
                str(section.get("id")), words(section.get("title")), said, place == 0, place >= end - 1, place >= end
            )
        )
    return found


def short_form(work: Work) -> PartRow | None:
    """The short form for employers, where the form has one."""
    short = edits.employer_of(work.definition)
    if short is None:
        return None
    n = len([q for q, _how in every(short) if q.get("type") != "notice"])
    return PartRow(
        str(short["id"]),
        _("The short form for employers"),
        ngettext("%(n)s question", "%(n)s questions", n) % {"n": n},
        True,
        True,
        False,
    )


def title_of(work: Work, section: Mapping[str, Any]) -> str:
    """What a part is called; the short form for employers has no title of its own."""
    name = str(section.get("id"))
    if edits.is_employer(work.definition, name):
        return _("The short form for employers")
    return words(section.get("title")) or name


def top_of(section: Mapping[str, Any]) -> list[str]:
    """The beginning of the words at the top of a part."""
    blocks = section.get("intro_blocks")
    found = [words(block) for block in (blocks if isinstance(blocks, list) else [])[:2]]
    return [text for text in (*found, words(section.get("help"))) if text]


@dataclass(frozen=True)
class QuestionRow:
    """One question in the list of its part. ``under``: the questions that hang on it."""

    id: str
    label: str
    kind: str
    tags: list[str]
    first: bool
    last: bool
    place: int
    fixed: bool
    under: list[tuple[str, str]]


def questions(work: Work, section: Mapping[str, Any]) -> list[QuestionRow]:
    kinds, who = labels.kinds(), labels.readers()
    mine = rows(section.get("questions"))
    found = []
    same = edits.is_employer(work.definition, str(section.get("id")))  # the short form says at its top who reads it
    for place, q in enumerate(mine):
        tags = (
            [] if same or q.get("type") in ("notice", "submit") else [who.get(str(q.get("visibility") or "staff"), "")]
        )
        if q.get("required"):
            tags.append(_("Must be answered"))
        if q.get("enabled", q.get("enabled_by_default", True)) is False:
            tags.append(_("Switched off"))
        if q.get("show_if"):
            tags.append(_("Asked only sometimes"))
        if q.get("gate"):
            tags.append(_("Shows whether it fits"))
        under = [(str(row.get("id")), words(row.get("label"))) for row, how in every({"questions": [q]}) if how]
        found.append(
            QuestionRow(
                str(q.get("id")),
                words(q.get("label")) or words(q.get("text")),
                kinds.get(str(q.get("type")), ""),
                tags,
                place == 0,
                place == len(mine) - 1,
                place,
                q.get("type") == "submit",
                under,
            )
        )
    return found


def last_change(work: Work) -> tuple[FormEdit, str] | None:
    """The change that undoing would take back (one statement)."""
    if work.draft is None or work.call.state not in WRITABLE:
        return None
    last = work.draft.edits.select_related("by").defer("before").last()
    return (last, labels.did().get(last.did, last.did)) if last else None


def changes(work: Work) -> Changes | None:
    """What is different from the version that people fill in now."""
    if work.draft is None or work.newest is None:
        return None
    return compare_written(work.newest.definition, work.definition)


def losses(work: Work, gone: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What a removal would take along: answers (counted, private ones never), conditions, and what leans on it."""
    names = [str(q.get("id")) for q in gone]
    private = any(q.get("visibility") in ("equity_data", "access") for q in gone)
    answered = (
        Application.objects.filter(
            call=work.call,
            pk__in=Answer.objects.filter(question__in=names, application__call=work.call).values("application"),
        )
        .exclude(state=Application.State.WITHDRAWN)
        .count()
        if work.newest
        else 0
    )
    leans = labels.leans_on()
    factors = [words(q.get("label")) for q in gone if q.get("factor")]
    return {
        "answered": answered,
        "private": private and bool(work.newest),
        "factors": factors,
        "freed": [words(q.get("label")) for q in edits.depends_on(work.definition, names)],
        "leaning": [leans[name] for name in names if name in leans],
        "scored": [words(q.get("label")) for q in gone if q.get("rubric")],
    }


# ---------------------------------------------------------------- one question


@dataclass(frozen=True)
class Preview:
    """One question drawn by the applicant's own form code, or why it cannot be drawn yet."""

    form: PartForm | None = None
    problems: Sequence[str] = ()
    depends: bool = False
    off: bool = False


def preview(work: Work, form: QuestionForm, part: str, name: str) -> Preview:
    """The question as it would look with what the editor holds now, saved or not."""
    definition, asked = work.definition, name
    if form.is_bound:
        form.is_valid()
        try:
            if name:
                definition = edits.change_question(definition, name, {**form.changes(), "part": None})
            else:
                found = {**form.changes(), "part": None}
                definition, asked = edits.add_question(definition, part, found)
        except edits.GoneError:
            return Preview()
    elif not name:
        return Preview()
    mine = {p.message for p in validation.problems(definition, published=work.published) if p.question == asked}
    whole = load(definition)
    outer = next((q for q in whole.asked.values() if q.id == asked or any(f.id == asked for f in q.fields)), None)
    if outer is None:
        return Preview(problems=sorted(mine))
    alone = replace(outer, show_if=(), show_if_setting="", enabled=True)
    page = PartForm(
        Section(id="preview", title="", questions=(alone,)),
        facts={**placeholders.facts_for(work.call), "applicant_name": _("Alex Example")},
    )
    return Preview(page, sorted(mine), bool(outer.show_if), not outer.enabled)


def spanish(work: Work, question: Mapping[str, Any]) -> Tally:
    """How the words of one question stand in Spanish."""
    return tally(translations.texts(work.definition, {"questions": [dict(question)]}, "es"))


def mark(question: Mapping[str, Any]) -> str:
    """A short mark of a question as it is written: another one means that somebody changed it."""
    return hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()[:16]


def wants_to_save(request: HttpRequest) -> bool:
    return request.method == "POST" and request.POST.get("do", "save") == "save" and "fragment" not in request.POST


def focus(request: HttpRequest, form: QuestionForm) -> str:
    """The id of the field to go on with after the page drew itself again."""
    verb, _colon, place = request.POST.get("do", "").partition(":")
    if verb == "refresh":
        known = {"id_q-type", *(f"id_{row.prefix}-other" for row in form.conditions)}
        return place if place in known else ""
    name, _dash, way = verb.partition("-")
    found = form.lists.get(name)
    if not found:
        return ""
    at = len(found) - 1 if way == "add" else max(number(place), 0)
    at += {"up": -1, "down": 1}.get(way, 0)
    return f"id_{found[max(0, min(at, len(found) - 1))].prefix}-{'other' if name == 'when' else 'label'}"


def number(text: str) -> int:
    """A small number out of a post; -1 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1
