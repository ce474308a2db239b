"""Reads for the form editor: what is being written, its versions, and who a new version concerns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Count

from applications.common import call_forms
from applications.form_definition import validation, visibility
from applications.form_definition.asking import is_shown
from applications.form_definition.definition import Form, FormQuestion, Section
from applications.form_definition.dialect import SILENT, load
from applications.form_definition.diff import Changes, compare
from applications.form_definition.edits import Definition, all_parts, names, opened
from applications.form_definition.translations import TONGUES
from applications.models import AccessNeed, Answer, Application, Call, FormDraft, FormVersion, IdentityAnswer
from cohort.people.models import User
from cohort.questions.cleaning import lacking
from cohort.questions.fitting import refit
from cohort.questions.values import Value


@dataclass(frozen=True)
class Work:
    """The form of a call as it is being written. ``draft`` is None while nothing was changed."""

    call: Call
    draft: FormDraft | None
    newest: FormVersion | None
    definition: Definition

    @property
    def published(self) -> Form | None:
        """The form that people may have answered."""
        return load(self.newest.definition) if self.newest else None

    @property
    def revision(self) -> int:
        return self.draft.revision if self.draft else 0

    @property
    def number(self) -> int:
        """The number that this will have as a version."""
        return self.newest.number + 1 if self.newest else 1


def work(call: Call) -> Work:
    """What is written so far (two statements)."""
    draft = FormDraft.objects.filter(call=call).first()
    newest = call.form_versions.order_by("-number").first()
    if draft is not None:
        return Work(call, draft, newest, draft.definition)
    return Work(call, None, newest, opened(newest.definition if newest else call_forms.default_definition(call.cohort)))


def taken(call: Call) -> set[str]:
    """Ids that a version of this call's form used: a new question never gets the answers of an old one."""
    return {
        name for definition in call.form_versions.values_list("definition", flat=True) for name in names(definition)
    }


def codes_used(call: Call, question: str) -> set[str]:
    """Codes that answers of one question ever had: a new answer to choose never means an old one."""
    found: set[str] = set()
    for definition in call.form_versions.values_list("definition", flat=True):
        for section in all_parts(definition):
            for raw, _how in validation.every(section):
                if raw.get("id") == question:
                    found |= {str(o.get("code")) for o in validation.rows(raw.get("options"))}
    return found


@dataclass(frozen=True)
class Version:
    """What is known of one frozen version without its form."""

    pk: UUID
    number: int
    made_at: dt.datetime
    note: str


@lru_cache(maxsize=256)
def version(pk: UUID) -> Version:
    """One frozen version (a version never changes, so it is read once per process)."""
    return Version(*FormVersion.objects.values_list("pk", "number", "made_at", "note").get(pk=pk))


def versions(call: Call) -> list[FormVersion]:
    """All versions of a call, newest first, without their forms (one statement)."""
    return list(call.form_versions.select_related("made_by").defer("definition").order_by("-number"))


@lru_cache(maxsize=64)
def changes_between(old: UUID, new: UUID, locale: str = "en") -> Changes:
    """The differences between two frozen versions, in the words of one language."""
    spoken = {tongue: (call_forms.form_of(old, tongue), call_forms.form_of(new, tongue)) for tongue in TONGUES}
    return compare(call_forms.form_of(old, locale), call_forms.form_of(new, locale), spoken)


def changes_of(call: Call, number: int, locale: str = "en") -> Changes | None:
    """What version ``number`` changed; None for the first one, or one that is not there."""
    found = dict(call.form_versions.filter(number__in=[number - 1, number]).values_list("number", "pk"))
    return changes_between(found[number - 1], found[number], locale) if len(found) == 2 else None


# ---------------------------------------------------------------- who is concerned


@dataclass(frozen=True)
class Unfit:
    """Answers to one question that do not fit any more: how many in unsent and in sent applications."""

    question: FormQuestion
    drafts: int
    sent: int
    private: bool


@dataclass(frozen=True)
class Impact:
    """Who a new version concerns. ``told``: how many of each get mail."""

    drafts: int
    sent: int
    drafts_told: int
    sent_told: int
    unfit: list[Unfit]


def impact(call: Call, changes: Changes) -> Impact:
    """Count who is concerned: two statements, and one more where answers may not fit. Private answers are not read."""
    by_state: dict[str, int] = dict(
        Application.objects.filter(call=call).values_list("state").annotate(n=Count("pk")).order_by()
    )
    drafts = by_state.get(Application.State.DRAFT, 0)
    sent = by_state.get(Application.State.SUBMITTED, 0)
    return Impact(
        drafts, sent, drafts if changes.of_substance else 0, sent if changes.asks_again else 0, _unfit(call, changes)
    )


def _unfit(call: Call, changes: Changes) -> list[Unfit]:
    now = {old.id: new if new is not old else None for old, new in changes.unfit if old.type not in SILENT}
    was = {old.id: old for old, _new in changes.unfit}
    counts: dict[tuple[str, str], int] = {}
    if now:
        rows = Answer.objects.filter(application__call=call, question__in=list(now)).exclude(
            application__state=Application.State.WITHDRAWN
        )
        for name, state, value in rows.values_list("question", "application__state", "value").iterator():
            question = now[name]
            if question is None or refit(question, value) != value or any(lacking(question, value)):
                counts[name, state] = counts.get((name, state), 0) + 1
    found = [
        Unfit(
            was[name],
            counts.get((name, Application.State.DRAFT), 0),
            counts.get((name, Application.State.SUBMITTED), 0),
            was[name].visibility in visibility.RETENTION,
        )
        for name in now
    ]
    return [row for row in found if row.drafts or row.sent or row.private]


# ---------------------------------------------------------------- the applicant's side


def earlier_form(call: Call, version: str, locale: str = "en") -> Form | None:
    """A version of this call's form by its id as a page posted it; None for anything else."""
    try:
        pk = UUID(version)
    except ValueError:
        return None
    return call_forms.form_of(pk, locale) if call.form_versions.filter(pk=pk).exists() else None


def newest_version(call: Call) -> UUID | None:
    return call.form_versions.order_by("-number").values_list("pk", flat=True).first()


def form_changed(application: Application) -> Version | None:
    """The version that an unsent application moved to after it was started, if it did."""
    found = version(application.form_version_id)
    return found if found.number > 1 and application.created_at < found.made_at else None


def asks_again(application: Application) -> UUID | None:
    """The newest version when it has questions that this sent application must still answer (one statement)."""
    if application.state != Application.State.SUBMITTED:
        return None
    newest = newest_version(application.call)
    if newest is None or newest == application.form_version_id:
        return None
    return newest if changes_between(application.form_version_id, newest).asks_again else None


def still_wanted(
    form: Form, values: Mapping[str, Value], settings: frozenset[str], *, also: frozenset[str] = frozenset()
) -> Section:
    """A page of its own with the questions of ``form`` that ``values`` leave open, and those in ``also``."""
    asked = [
        q
        for q in form.questions.values()
        if q.id in also or (q.type not in SILENT and is_shown(q, values, settings) and lacking(q, values.get(q.id)))
    ]
    return Section(id="new_questions", title="", questions=tuple(replace(q, show_if=()) for q in asked))


def versions_behind(user: User) -> int:
    """How many of a person's sent applications wait for answers to new questions; for the home page."""
    return sum(
        asks_again(row) is not None
        for row in Application.objects.filter(
            applicant_id=user.pk, state=Application.State.SUBMITTED, call__state=Call.State.OPEN
        ).select_related("call")
    )


def raw_of(definition: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """The question as written, or None."""
    return next(
        (
            q
            for s in validation.rows(definition.get("sections"))
            for q, _how in validation.every(s)
            if q.get("id") == name
        ),
        None,
    )


def kept_from_before(application: Application, form: Form) -> list[dict[str, Any]]:
    """Stored answers that the form of today does not ask for, or only in part: for the copy of everything held."""
    if form.version == 1:
        return []
    found = [
        {"id": name, "answer": value}
        for name, value in Answer.objects.filter(application=application)
        .order_by("question")
        .values_list("question", "value")
        if name not in form.questions or refit(form.questions[name], value) != value
    ]
    found += [
        {"id": name, "answer": value}
        for name, value in AccessNeed.objects.filter(application=application)
        .exclude(question__in=list(form.questions))
        .values_list("question", "value")
    ]
    return found + [
        {"id": name, "answer": {"code": code, "column": column, "own words": words}}
        for name, code, column, words in IdentityAnswer.objects.filter(application=application)
        .exclude(question__in=list(form.questions))
        .exclude(code="")
        .order_by("question", "code")
        .values_list("question", "code", "column", "own_words")
    ]


def using(call: Call, version_id: UUID) -> dict[str, int]:
    """How many applications stand on one version, by state (one statement)."""
    return dict(
        Application.objects.filter(call=call, form_version_id=version_id)
        .values_list("state")
        .annotate(n=Count("pk"))
        .order_by()
    )
