"""Write clean values into the four drawers, for :mod:`applications.apply.actions` and inside its transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from applications.apply import answers
from applications.form_definition.definition import Form, FormQuestion, Section
from applications.models import AccessNeed, Answer, AnswerRevision, Application, Consent, IdentityAnswer
from cohort.questions.cleaning import NOT_SHOWN, Cleaned
from cohort.questions.fitting import refit
from cohort.questions.values import Value


def store(
    application: Application,
    section: Section,
    changed: list[FormQuestion],
    cleaned: Cleaned,
    before: Mapping[str, Value],
    *,
    whole: bool,
    locale: str,
    notice_version: str,
    now: dt.datetime,
) -> None:
    """Write what changed. A fixed number of statements for each drawer that is touched."""
    by_drawer: dict[str, list[FormQuestion]] = {}
    unasked = [
        q
        for q in section.questions
        if whole
        and q.consent
        and before.get(q.id) is None
        and q not in changed
        and cleaned.missing.get(q.id) != NOT_SHOWN
    ]
    for question in [*changed, *unasked]:
        by_drawer.setdefault(answers.drawer_of(question), []).append(question)
    if answers.ANSWERS in by_drawer:
        _answers(application, by_drawer[answers.ANSWERS], cleaned, before, now)
    if answers.ACCESS in by_drawer:
        _access(application, by_drawer[answers.ACCESS], cleaned)
    if answers.CONSENT in by_drawer:
        _consents(application, by_drawer[answers.CONSENT], cleaned, before, whole, locale, notice_version, now)
    _identity(application, section, by_drawer.get(answers.IDENTITY, []), cleaned)


def _answers(
    application: Application,
    questions: list[FormQuestion],
    cleaned: Cleaned,
    before: Mapping[str, Value],
    now: dt.datetime,
) -> None:
    if application.state == Application.State.SUBMITTED:
        AnswerRevision.objects.bulk_create(
            [
                AnswerRevision(application=application, question=q.id, value=before.get(q.id), replaced_at=now)
                for q in questions
            ]
        )
    answered = [q for q in questions if q.id in cleaned.values]
    if answered:
        Answer.objects.bulk_create(
            [
                Answer(
                    application=application,
                    question=q.id,
                    value=cleaned.values[q.id],
                    visibility=q.visibility,
                    saved_at=now,
                )
                for q in answered
            ],
            update_conflicts=True,
            unique_fields=["application", "question"],
            update_fields=["value", "visibility", "saved_at"],
        )
    gone = [q.id for q in questions if q.id not in cleaned.values]
    if gone:
        Answer.objects.filter(application=application, question__in=gone).delete()


def _access(application: Application, questions: list[FormQuestion], cleaned: Cleaned) -> None:
    answered = [q for q in questions if q.id in cleaned.values]
    if answered:
        AccessNeed.objects.bulk_create(
            [AccessNeed(application=application, question=q.id, value=cleaned.values[q.id]) for q in answered],
            update_conflicts=True,
            unique_fields=["application", "question"],
            update_fields=["value"],
        )
    gone = [q.id for q in questions if q.id not in cleaned.values]
    if gone:
        AccessNeed.objects.filter(application=application, question__in=gone).delete()


def _identity(application: Application, section: Section, changed: list[FormQuestion], cleaned: Cleaned) -> None:
    """Replace the rows of changed identity questions, and note for each unanswered one which kind of missing it is."""
    if changed:
        IdentityAnswer.objects.filter(application=application, question__in=[q.id for q in changed]).delete()
    rows = [
        row
        for q in changed
        for row in answers.identity_rows(application, q, cleaned.values.get(q.id), cleaned.missing.get(q.id, ""))
    ]
    touched = {q.id for q in changed}
    rows += [
        IdentityAnswer(application=application, question=q.id, missing=cleaned.missing[q.id])
        for q in section.questions
        if answers.drawer_of(q) == answers.IDENTITY
        and q.id not in touched
        and q.id in cleaned.missing
        and q.id not in cleaned.values
    ]
    if rows:
        IdentityAnswer.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["application", "question", "code", "column"],
            update_fields=["missing", "own_words"],
        )


def _consents(
    application: Application,
    questions: list[FormQuestion],
    cleaned: Cleaned,
    before: Mapping[str, Value],
    whole: bool,
    locale: str,
    notice_version: str,
    now: dt.datetime,
) -> None:
    """One row per choice made. Taking one back deletes what it allowed, at once."""
    rows = []
    for question in questions:
        given, was = bool(cleaned.values.get(question.id)), before.get(question.id)
        rows.append(
            Consent(
                application=application,
                kind=question.id[:40],
                given=given,
                notice_version=notice_version,
                locale=locale[:8],
                at=now,
            )
        )
        if was is True and not given:
            drop(application, question.deletes_on_withdraw)
    Consent.objects.bulk_create(rows)


def settle(application: Application, form: Form, now: dt.datetime) -> None:
    """Make stored answers what a later version of the form offers. What does not fit is kept as an earlier answer."""
    if form.version == 1:
        return
    kept: list[AnswerRevision] = []
    changed: list[Answer] = []
    gone: list[Answer] = []
    for row in Answer.objects.filter(application=application):
        question = form.questions.get(row.question)
        value = refit(question, row.value) if question else None
        if value == row.value:
            continue
        kept.append(AnswerRevision(application=application, question=row.question, value=row.value, replaced_at=now))
        row.value = value
        (gone if value is None else changed).append(row)
    AnswerRevision.objects.bulk_create(kept)
    Answer.objects.bulk_update(changed, ["value"])
    Answer.objects.filter(pk__in=[row.pk for row in gone]).delete()


def drop(application: Application, what: str) -> int:
    """Delete a whole private drawer of one application: ``identity`` or ``access_needs``. How many rows went."""
    drawer = {"identity": IdentityAnswer, "access_needs": AccessNeed}.get(what)
    return drawer._default_manager.filter(application=application).delete()[0] if drawer else 0


def forget(application: Application, questions: Iterable[FormQuestion]) -> None:
    """Delete answers to questions that no longer apply, before an application is sent."""
    names = [q.id for q in questions]
    if names:
        Answer.objects.filter(application=application, question__in=names).delete()
        AccessNeed.objects.filter(application=application, question__in=names).delete()
