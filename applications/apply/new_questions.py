"""A sent application and a new version of its form: answer what is new. Until then nothing of it changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from applications.apply import actions, answers, store
from applications.common import call_forms, placeholders
from applications.common.form_context import FormContext
from applications.form_definition.asking import clean
from applications.form_definition.definition import Section
from applications.form_editor import queries as form_editor_queries
from applications.models import Application
from cohort.people import history
from cohort.questions.cleaning import Cleaned


def answer(
    *,
    application: Application,
    version: UUID,
    context: FormContext,
    posted: Mapping[str, Sequence[str]],
    now: dt.datetime | None = None,
) -> tuple[Section, Cleaned]:
    """Store the answers that the newest version still wants, and move the sent application to that version.

    ``version`` is the newest one when the page was read, and ``context`` has its form; a later one that was
    published since counts instead.

    :return: the questions asked, and what came of the post; nothing is stored unless ``cleaned.whole``.
    :raises ClosedError: the application is not sent, is up to date, or the call takes no changes any more.
    """
    now = now or timezone.now()
    with transaction.atomic():
        row = Application.objects.select_for_update().get(pk=application.pk)
        row.call, row.applicant = application.call, application.applicant
        newest = form_editor_queries.asks_again(row)
        if newest is None or not row.call.takes_saves(now):
            raise actions.ClosedError
        form, on = context.form, context.settings
        if newest != version:
            form = call_forms.form_of(newest, context.language)
        before = answers.held(row, form)
        section = form_editor_queries.still_wanted(form, before, on)
        cleaned = clean(section, posted, earlier=before, settings=on)
        asked = frozenset(q.id for q in section.questions)
        more = form_editor_queries.still_wanted(form, {**before, **cleaned.values}, on, also=asked)
        if len(more.questions) > len(section.questions):  # an answer made another question apply
            section = more
            cleaned = clean(section, posted, earlier=before, settings=on)
        if not cleaned.whole:
            return section, cleaned
        store.store(
            row,
            section,
            [q for q in section.questions if q.id in cleaned.values],
            cleaned,
            before,
            whole=True,
            locale=context.language,
            notice_version=placeholders.notice_version(row.call),
            now=now,
        )
        earlier, row.form_version_id = row.form_version_id, newest
        row.revision, row.edited_at = row.revision + 1, now
        seen = {"revision": row.revision, "at": now.isoformat()}
        row.sections = {**row.sections, **{form.questions[q.id].section: seen for q in section.questions}}
        row.save(update_fields=["form_version", "revision", "edited_at", "sections"])
        store.settle(row, form, now)
        actions.changed_after_sending(
            row, form, {**before, **cleaned.values}, [form.questions[q.id] for q in section.questions], now
        )
        history.record(
            "application.new_questions_answered",
            row,
            actor=row.applicant,
            cohort=row.call.cohort,
            before=str(earlier),
            after=str(newest),
        )
    application.form_version_id = row.form_version_id
    return section, cleaned
