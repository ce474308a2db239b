"""What an applicant does: start, save a part, send. Nothing typed is lost, and two tabs never overwrite each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from applications.apply import answers, store
from applications.apply.employer import actions as employer_actions
from applications.common import call_forms, placeholders
from applications.common.form_context import FormContext
from applications.form_definition import eligibility
from applications.form_definition.asking import clean, is_shown, wanting
from applications.form_definition.definition import Form, FormQuestion, Section
from applications.form_definition.dialect import SILENT
from applications.models import Application, Call
from applications.organizations import queries as organizations_queries
from cohort.outbox import api as outbox_api
from cohort.people import history, languages, states
from cohort.people.models import Organization, User, organization_key
from cohort.questions.cleaning import Cleaned
from cohort.questions.values import Value


class ClosedError(Exception):
    """The call does not take this any more (or not yet)."""


class NotReadyError(Exception):
    """Required answers are wanting: ``parts`` maps section ids to questions."""

    def __init__(self, parts: dict[str, list[FormQuestion]]) -> None:
        super().__init__(", ".join(parts))
        self.parts = parts


@dataclass
class SaveOutcome:
    """What came of saving a part.

    * ``saved``: stored, all of it unless ``cleaned`` refused something;
    * ``unfinished``: what could be stored is stored, but required answers are wanting or something was refused;
      after sending nothing is stored in that case, because a sent application stays whole;
    * ``conflict``: another window saved other answers since this page was loaded; nothing is stored.

    ``form`` is the one that was saved by: a newer version may have been published since the page was read.
    """

    state: str
    form: Form
    cleaned: Cleaned
    revision: int
    at: dt.datetime
    values: dict[str, Value] = field(default_factory=dict)
    differing: list[FormQuestion] = field(default_factory=list)


def start(*, call: Call, applicant: User, language: str = "en", now: dt.datetime | None = None) -> Application:
    """The applicant's application to this call: the one that exists, or a new draft with the next number.

    Safe to repeat and to race: the call's row is locked while the number is taken.

    :raises ClosedError: there is none yet and the call takes no new ones.
    """
    now = now or timezone.now()
    with transaction.atomic():
        locked = Call.objects.select_for_update().get(pk=call.pk)
        mine = Application.objects.filter(call=call, applicant=applicant).exclude(state=Application.State.WITHDRAWN)
        found = mine.first()
        if found is not None:
            return found
        version = call.form_versions.order_by("-number").first()
        if not locked.takes_new(now) or version is None:
            raise ClosedError
        last = Application.objects.filter(call=call).aggregate(last=Max("number"))["last"] or 0
        made = Application.objects.create(
            call=call,
            applicant=applicant,
            number=last + 1,
            form_version=version,
            language=language[:8],
            created_at=now,
            edited_at=now,
        )
        history.record("application.started", made, actor=applicant, cohort=call.cohort)
    return made


def _locked(application: Application) -> Application:
    """The row, locked, with what the page already read attached."""
    row = Application.objects.select_for_update().get(pk=application.pk)
    row.call, row.applicant = application.call, application.applicant
    return row


def save_part(
    *,
    application: Application,
    context: FormContext,
    section: Section,
    posted: Mapping[str, Sequence[str]],
    base: int,
    whole: bool,
    now: dt.datetime | None = None,
) -> SaveOutcome:
    """Save one page of the form, in the language of ``context``.

    :param base: the revision of this section that the page showed; another one means that another window saved.
    :param whole: the applicant pressed a button, rather than the page saving by itself.
    :raises ClosedError: the call takes no saves any more (the deadline and the grace minutes are over).
    """
    now = now or timezone.now()
    with transaction.atomic():
        row = _locked(application)
        if row.state == Application.State.WITHDRAWN or not row.call.takes_saves(now):
            raise ClosedError
        form, section = _published_meanwhile(row, application, context, section)
        before = answers.held(row, form)
        cleaned = clean(section, posted, earlier=before, settings=context.settings)
        known = row.sections.get(section.id) or {}
        revision = int(known.get("revision", 0))
        differing = [
            q
            for q in section.questions
            if q.type not in SILENT
            and q.id not in cleaned.refused_questions
            and not _same(q, before.get(q.id), cleaned.values.get(q.id))
        ]
        sent = row.state == Application.State.SUBMITTED
        if base != revision and (differing or cleaned.refused):
            differing += [q for q in section.questions if q.id in cleaned.refused_questions]
            return SaveOutcome("conflict", form, cleaned, revision, now, before, differing)
        if sent and not cleaned.whole:
            return SaveOutcome("unfinished", form, cleaned, revision, now, before)
        if not sent and not whole and not differing and revision:
            return SaveOutcome("saved", form, cleaned, revision, dt.datetime.fromisoformat(known["at"]), before)
        store.store(
            row,
            section,
            differing,
            cleaned,
            before,
            whole=whole,
            locale=context.language,
            notice_version=placeholders.notice_version(row.call),
            now=now,
        )
        row.revision += 1
        row.edited_at = now
        row.sections = {**row.sections, section.id: {"revision": row.revision, "at": now.isoformat()}}
        row.save(update_fields=["revision", "edited_at", "sections"])
        if sent and differing:
            after = {q.id: cleaned.values.get(q.id, before.get(q.id)) for q in section.questions}
            changed_after_sending(row, form, {**before, **after}, differing, now)
    for name in ("revision", "edited_at", "sections"):
        setattr(application, name, getattr(row, name))
    return SaveOutcome("saved" if cleaned.whole else "unfinished", form, cleaned, row.revision, now, before)


def _published_meanwhile(
    row: Application, application: Application, context: FormContext, section: Section
) -> tuple[Form, Section]:
    """The form that holds now: a new version may have been published since the page was read.

    What is posted is read by today's questions, as far as they stand on the page that was posted.
    """
    if row.form_version_id == application.form_version_id:
        return context.form, section
    application.form_version_id = row.form_version_id
    form = call_forms.form_of(row.form_version_id, context.language)
    return form, as_asked_now(form, section)


def as_asked_now(form: Form, page: Section) -> Section:
    """The questions of a page of an earlier version as ``form`` asks them; those that are gone stay as they were.

    Questions that ``form`` added to the page are left out: who posts it has not seen them.
    """
    return replace(page, questions=tuple(form.questions.get(q.id, q) for q in page.questions))


def _same(question: FormQuestion, stored: Value, new: Value) -> bool:
    """Whether a save would change nothing; a box that was never ticked is like one that is not ticked."""
    return bool(stored) == bool(new) if question.type == "checkbox_single" else bool(stored == new)


def changed_after_sending(
    row: Application, form: Form, values: dict[str, Value], changed: list[FormQuestion], now: dt.datetime
) -> None:
    """An edit of a sent application: what hangs on answers follows them."""
    names = {q.id for q in changed}
    if "org_name" in names:
        row.organization = organizations_queries.standing(row.call, organization_of(values))
        row.save(update_fields=["organization"])
    if any(q.gate for q in changed):
        row.eligibility = eligibility_of(form, values)
        row.save(update_fields=["eligibility"])
    if "employer_confirmer" in names:
        employer_actions.ask(application=row, values=values, now=now)
    seen = sorted(q.id for q in changed if answers.drawer_of(q) in (answers.ANSWERS, answers.CONSENT))
    history.record("application.changed", row, actor=row.applicant, cohort=row.call.cohort, questions=seen)


def skip_part(
    *, application: Application, context: FormContext, section: Section, now: dt.datetime | None = None
) -> None:
    """Skip a whole optional section: what was there is deleted, and every question counts as left blank.

    :raises ClosedError: the call takes no saves any more.
    :raises ValueError: the section has required questions.
    """
    if not section.optional:
        raise ValueError(section.id)
    known = application.sections.get(section.id) or {}
    save_part(
        application=application,
        context=context,
        section=section,
        posted={},
        base=int(known.get("revision", 0)),
        whole=True,
        now=now,
    )


def organization_of(values: Mapping[str, Value]) -> Organization | None:
    """The one record of the organization that an applicant named, made when it is new."""
    name = str(values.get("org_name") or "").strip()
    if not name:
        return None
    found, _made = Organization.objects.get_or_create(key=organization_key(name), defaults={"name": name[:160]})
    return found


def eligibility_of(form: Form, values: Mapping[str, Value]) -> str:
    """Eligible, or for staff to check. Never “not eligible”: that takes a person."""
    passes = eligibility.verdict(form, values).result == eligibility.PASS
    return Application.Eligibility.ELIGIBLE if passes else Application.Eligibility.CHECK


def send(*, application: Application, context: FormContext, now: dt.datetime | None = None) -> Application:
    """Send an application: once, however often and from however many windows it is pressed.

    Queues the receipt, asks the employer when an address was given, and matches the organization.

    :raises NotReadyError: required answers are wanting.
    :raises ClosedError: the call takes no applications any more.
    """
    now = now or timezone.now()
    with transaction.atomic():
        row = _locked(application)
        if row.state == Application.State.SUBMITTED:
            return row
        if row.state != Application.State.DRAFT or not row.call.takes_saves(now):
            raise ClosedError
        form, on = context.form, context.settings
        if row.form_version_id != application.form_version_id:  # a new version was published since the page was read
            form = call_forms.form_of(row.form_version_id, context.language)
        values = answers.held(row, form)
        lacking = wanting(form, values, on)
        if lacking:
            raise NotReadyError(lacking)
        hidden = [
            q
            for q in form.questions.values()
            if q.id in values and q.type not in SILENT and not is_shown(q, values, on)
        ]
        store.forget(row, hidden)
        store.settle(row, form, now)
        states.move(
            row,
            Application.State.SUBMITTED,
            recorded=False,
            submitted_at=now,
            edited_at=now,
            eligibility=eligibility_of(form, values),
            organization=organizations_queries.standing(row.call, organization_of(values)),
        )
        _name_the_person(row.applicant, values)
        employer_actions.ask(application=row, values=values, now=now)
        outbox_api.queue(
            kind="application_received",
            key=f"app_received:{row.pk}",
            recipient=row.applicant,
            cohort=row.call.cohort,
            refs={"application": str(row.pk)},
            not_after=now + dt.timedelta(hours=24),
            any_hour=True,
        )
        history.record(
            "application.submitted",
            row,
            actor=row.applicant,
            cohort=row.call.cohort,
            eligibility=row.eligibility,
            form_version=str(row.form_version_id),
        )
    return row


def _name_the_person(user: User, values: Mapping[str, Any]) -> None:
    """Whoever has no name in their account yet takes the one they applied with; mail speaks as they asked."""
    languages.choose(user=user, code=str(values.get("contact_language") or ""))
    if not user.name:
        user.name = str(values.get("full_name") or "")[:120]
        user.preferred_name = user.preferred_name or str(values.get("preferred_name") or "")[:80]
        user.save(update_fields=["name", "preferred_name"])


def remind(*, application: Application, wanted: bool) -> None:
    """Switch the reminders about an unfinished application on or off."""
    with transaction.atomic():
        Application.objects.filter(pk=application.pk).update(remind=wanted)
        history.record(
            "application.reminders",
            application,
            actor=application.applicant,
            cohort=application.call.cohort,
            wanted=wanted,
        )
    application.remind = wanted
