"""Where each answer lives: turn values into rows of the four drawers, and rows back into values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import DateTimeField, F, Model, QuerySet
from django.db.models import Value as Value_
from django.db.models.functions import Cast, JSONObject

from applications.form_definition.definition import Form, FormQuestion
from applications.form_definition.dialect import ONE_CHOICE, TEXTS
from applications.models import AccessNeed, Answer, Application, Consent, IdentityAnswer
from cohort.questions.cleaning import SAID_DONT_KNOW, SAID_PREFER_NOT
from cohort.questions.definition import DONT_KNOW, PREFER_NOT
from cohort.questions.fitting import refit
from cohort.questions.values import Value, codes_of, own_words

ANSWERS, IDENTITY, ACCESS, CONSENT = "answers", "identity", "access_needs", "consent"


def drawer_of(question: FormQuestion) -> str:
    """Which drawer an answer to ``question`` goes into. Decided by the form's visibility alone."""
    if question.visibility == "equity_data":
        return IDENTITY
    if question.visibility == "access":
        return ACCESS
    return CONSENT if question.consent else ANSWERS


def held(application: Application, form: Form) -> dict[str, Value]:
    """Everything the applicant has saved, for the applicant alone: question to value (one statement)."""

    def rows(model: type[Model], value: Any, at: Any = None, **where: Any) -> QuerySet[Any, tuple[Any, ...]]:
        return (
            model._default_manager.filter(application=application)
            .annotate(
                drawer=Value_(model._meta.model_name),
                held=value,
                at_=at or Cast(Value_(None), DateTimeField()),
            )
            .values_list("drawer", F("question") if model is not Consent else F("kind"), "held", "at_", "pk")
        )

    identity = JSONObject(code="code", column="column", own_words="own_words", missing="missing")
    found: dict[str, Value] = {}
    ticked: list[IdentityAnswer] = []
    chosen: list[tuple[Any, int, str, bool]] = []
    for drawer, question, value, at, pk in rows(Answer, F("value")).union(
        rows(AccessNeed, F("value")),
        rows(IdentityAnswer, identity),
        rows(Consent, JSONObject(given="given"), F("at")),
        all=True,
    ):
        if drawer == "identityanswer":
            ticked.append(IdentityAnswer(question=question, **value))
        elif drawer == "consent":
            chosen.append((at, pk, question, value["given"]))
        else:
            found[question] = value
    found |= identity_values(form, ticked)
    if form.version > 1:  # answers given to an earlier version count as far as this one still offers them
        found = {
            name: kept
            for name, value in found.items()
            if (kept := refit(form.questions[name], value) if name in form.questions else value) is not None
        }
    return found | {question: given for _at, _pk, question, given in sorted(chosen)}


def agreed(kind: str, applications: Iterable[Any]) -> set[Any]:
    """Which of these applications' people said yes to ``kind`` when they last chose (one statement)."""
    last = (
        Consent.objects.filter(kind=kind, application_id__in=list(applications))
        .order_by("application_id", "-at", "-pk")
        .distinct("application_id")
    )
    return {pk for pk, given in last.values_list("application_id", "given") if given}


def identity_rows(application: Application, question: FormQuestion, value: Value, missing: str) -> list[IdentityAnswer]:
    """The rows for one identity question: one per ticked code, or one that says which kind of missing."""

    def row(**fields: Any) -> IdentityAnswer:
        return IdentityAnswer(application=application, question=question.id, **fields)

    if missing or value is None:
        return [row(missing=missing or "left_blank")]
    if question.type in TEXTS:
        return [row(code="text", own_words=str(value)[:160])]
    words = own_words(value)
    if question.type == "matrix_checkboxes":
        cells = [(code, column) for column, codes in value["columns"].items() for code in codes]
        cells += [(code, "") for code in value["extra"]]
        return [row(code=code, column=column[:10], own_words=words.get(code, "")) for code, column in cells]
    return [row(code=code, own_words=words.get(code, "")) for code in codes_of(value)]


def identity_values(form: Form, rows: Iterable[IdentityAnswer]) -> dict[str, Value]:
    """Rows back into values. Questions that were left blank or not shown are not in the result."""
    by_question: dict[str, list[IdentityAnswer]] = defaultdict(list)
    for row in rows:
        by_question[row.question].append(row)
    found = {}
    for name, mine in by_question.items():
        question = form.questions.get(name)
        value = _identity_value(question, mine) if question else None
        if value is not None:
            found[name] = value
    return found


def _identity_value(question: FormQuestion, rows: list[IdentityAnswer]) -> Value:
    kinds = {row.missing for row in rows if row.missing}
    if kinds:
        standing = {SAID_PREFER_NOT: PREFER_NOT, SAID_DONT_KNOW: DONT_KNOW}.get(kinds.pop(), frozenset())
        said = [code for code in question.by_code if code in standing]
        if not said:
            return None
        if question.type == "matrix_checkboxes":
            return {"columns": {}, "extra": said[:1]}
        return said[0] if question.type in ONE_CHOICE else said[:1]
    words = {row.code: row.own_words for row in rows if row.own_words}
    if question.type in TEXTS:
        return rows[0].own_words or None
    if question.type == "checkbox_single":
        return True
    if question.type == "matrix_checkboxes":
        columns = {
            c.code: [
                o.code for o in question.options if any(r.code == o.code and r.column == c.code[:10] for r in rows)
            ]
            for c in question.columns
        }
        extra = [o.code for o in question.extra if any(r.code == o.code and not r.column for r in rows)]
        grid: dict[str, Value] = {"columns": {k: v for k, v in columns.items() if v}, "extra": extra}
        return {**grid, "text": words} if words else grid
    chosen = {row.code for row in rows}
    codes = [code for code in question.by_code if code in chosen]
    if not codes:
        return None
    if words:
        return {"codes": codes, "text": words}
    return codes[0] if question.type in ONE_CHOICE else codes
