"""Write the next version of a form, undo, and publish. People who are filling in the form lose nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.form_definition import validation
from applications.form_definition.diff import Changes, compare_written
from applications.form_definition.edits import Definition, GoneError
from applications.form_editor import queries
from applications.models import Application, Call, FormDraft, FormEdit, FormVersion
from cohort.outbox import api as outbox_api
from cohort.outbox.registry import kinds
from cohort.people import history
from cohort.people.models import User
from cohort.people.states import NotPossible

WRITABLE = frozenset({Call.State.DRAFT, Call.State.OPEN, Call.State.CLOSED})


class RefusedError(NotPossible):
    """The form would not be sound. ``problems`` say where, for the editor's fields."""

    def __init__(self, problems: list[validation.DefinitionProblem]) -> None:
        super().__init__(" ".join(dict.fromkeys(problem.message for problem in problems)))
        self.problems = problems


def change(
    *,
    call: Call,
    actor: User | None,
    did: str,
    thing: str,
    how: Callable[[Definition], Definition],
    now: dt.datetime | None = None,
) -> FormDraft:
    """Change the next version of a call's form by one step that can be undone.

    :param did: a verb of :func:`applications.form_editor.labels.did`.
    :param thing: the part or question it is done to.
    :param how: definition in, new definition out; a function of :mod:`applications.form_definition.edits`.
    :raises RefusedError: the result breaks a rule of the form engine; nothing is changed.
    :raises NotPossible: the call is decided, or what is to be changed is gone.
    """
    now = now or timezone.now()
    with transaction.atomic():
        work = queries.work(_locked(call))
        try:
            after = how(work.definition)
        except GoneError:
            raise NotPossible(_("This is not in the form any more. Somebody took it out."))
        before = set(validation.problems(work.definition, published=work.published))
        wrong = [p for p in validation.problems(after, published=work.published) if p not in before]
        if wrong:
            raise RefusedError(wrong)
        draft = work.draft or FormDraft(call=call, based_on=work.newest)
        if after == work.definition:
            return draft
        draft.definition, draft.changed_at, draft.changed_by = after, now, actor
        draft.revision += 1
        draft.save()
        FormEdit.objects.create(
            draft=draft, revision=draft.revision, did=did, thing=thing[:60], before=work.definition, at=now, by=actor
        )
        draft.edits.filter(revision__lte=draft.revision - FormEdit.KEPT).delete()
        history.record(f"form.{did}", call, actor=actor, cohort=call.cohort, where=thing[:60], revision=draft.revision)
    return draft


def undo(*, call: Call, actor: User) -> FormEdit:
    """Take the last change back, whoever made it.

    :raises NotPossible: there is none.
    """
    with transaction.atomic():
        draft = FormDraft.objects.filter(call=_locked(call)).first()
        last = draft.edits.select_related("by").last() if draft else None
        if draft is None or last is None:
            raise NotPossible(_("There is nothing to undo."))
        history.record("form.undone", call, actor=actor, cohort=call.cohort, did=last.did, where=last.thing)
        last.delete()
        if last.revision == 1:
            draft.delete()  # it is what it was before anybody wrote in it
        else:
            draft.definition, draft.changed_at, draft.changed_by = last.before, timezone.now(), actor
            draft.revision += 1
            draft.save()
    return last


def discard(*, call: Call, actor: User) -> None:
    """Throw away everything that is not published.

    :raises NotPossible: there is nothing.
    """
    with transaction.atomic():
        draft = FormDraft.objects.filter(call=_locked(call)).first()
        if draft is None:
            raise NotPossible(_("There is nothing to throw away."))
        history.record("form.discarded", call, actor=actor, cohort=call.cohort, revision=draft.revision)
        draft.delete()


def _locked(call: Call) -> Call:
    """The call's row, locked: edits, opening, publishing and starting an application take turns.

    :raises NotPossible: its form can no longer change.
    """
    locked = Call.objects.select_for_update().get(pk=call.pk)
    if locked.state not in WRITABLE:
        raise NotPossible(_("Decisions are made with this form, so it can no longer change."))
    locked.cohort = call.cohort
    return locked


def publish(*, call: Call, actor: User, note: str, revision: int, now: dt.datetime | None = None) -> FormVersion:
    """Make the draft the next version of an open call's form, move unsent applications to it, and tell people.

    Every answer stays. A sent application keeps the version it was made with; its person is asked to look again only
    when the new version has a question that must be answered.

    :param note: why, for applicants to read.
    :param revision: the draft that was looked at; another one means that somebody changed it since.
    :raises NotPossible: the call is not open, nothing changed, the form is not sound, no note, or another draft.
    """
    now, note = now or timezone.now(), note.strip()
    with transaction.atomic():
        locked = _locked(call)
        if locked.state != Call.State.OPEN:
            raise NotPossible(_("Only the form of an open call is published. Opening a call freezes its first form."))
        work = queries.work(locked)
        if work.draft is None or work.newest is None:
            raise NotPossible(_("There is nothing to publish."))
        if work.draft.revision != revision:
            raise NotPossible(_("Somebody changed the form since you looked at this page. Look again, then publish."))
        if not note:
            raise NotPossible(_("Say why the form changes. Applicants read this."))
        wrong = validation.problems(work.definition, published=work.published)
        if wrong:
            raise RefusedError(wrong)
        changes = compare_written(work.newest.definition, work.definition)
        if not changes.any:
            raise NotPossible(_("There is nothing to publish."))
        version = FormVersion.objects.create(
            call=call,
            number=work.number,
            definition={**work.definition, "version": work.number},
            note=note,
            made_at=now,
            made_by=actor,
        )
        # A save that is under way holds its application's row: this waits for it, and so loses nothing of it.
        mine = Application.objects.filter(call=call)
        moved = mine.filter(state=Application.State.DRAFT).update(form_version=version)
        told = outbox_api.queue_many(kind="form_changed", messages=_messages(locked, version, changes, now))
        work.draft.delete()
        history.record(
            "call.form_published",
            call,
            actor=actor,
            cohort=call.cohort,
            version=str(version.pk),
            number=version.number,
            moved=moved,
            told=told,
            added=[q.id for q in changes.added],
            removed=[q.id for q in changes.removed],
            changed=[c.question.id for c in changes.changed],
        )
    return version


def _messages(call: Call, version: FormVersion, changes: Changes, now: dt.datetime) -> Iterator[kinds.Planned]:
    """One message to each person concerned: those who are writing, and those who must answer something new."""
    states = [Application.State.DRAFT.value] if changes.of_substance else []
    states += [Application.State.SUBMITTED.value] if changes.asks_again else []
    rows: Any = Application.objects.filter(call=call, state__in=states).select_related("applicant").order_by("number")
    for row in rows.iterator(chunk_size=1000):
        yield kinds.Planned(
            key=f"form_changed:{row.pk}:{version.number}",
            recipient=row.applicant,
            cohort=call.cohort,
            due_at=now,
            not_after=call.closes_at,
            refs={"application": str(row.pk), "version": str(version.pk)},
        )
