"""Giving applications to readers, moving them, and hiding words from readers."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application, Call, EarlierRedaction, Redaction, Review
from applications.review import assignment, progress_queries
from applications.review.queries import rubric
from cohort.people import history
from cohort.people.models import User
from cohort.people.states import NotPossible


def _seed(call: Call) -> str:
    """Fixed by the call, so that the same people and applications always give the same lists."""
    return str(call.pk)


def place(call: Call, application_id: object, reader_id: object) -> int:
    """Where an application stands in a reader's own order: random, fixed, different for every reader."""
    return int.from_bytes(assignment.ticket(_seed(call), "order", reader_id, application_id)[:3])


@transaction.atomic
def assign_readers(*, call: Call, actor: User, each: int, due_on: date | None) -> assignment.Plan:
    """Give every sent application up to ``each`` readers, evenly, after ties are taken out.

    Safe to do again: readings that exist stay, new applications and new readers are filled in.
    The due date goes to all readings that are not sent yet.

    :raises NotPossible: the call has no readers, no applications, or its decisions are out.
    """
    locked = Call.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=call.pk)
    if locked.state not in (Call.State.OPEN, Call.State.CLOSED):
        raise NotPossible(_("Readers can be assigned while the call is open or closed, before decisions are out."))
    try:
        rubric(locked)
    except LookupError as missing:
        raise NotPossible(_("This call has no rubric yet, so nothing can be scored.")) from missing
    inputs = progress_queries.reading_inputs(locked)
    if not inputs.readers:
        raise NotPossible(_("There is nobody to read yet. Invite screeners to the cohort first."))
    if not inputs.papers:
        raise NotPossible(_("No application has been sent yet."))
    plan = assignment.assign(inputs.papers, inputs.readers, each=each, conflicts=inputs.conflicts, seed=_seed(locked))
    Review.objects.bulk_create(
        [
            Review(application_id=paper, reader_id=reader, due_on=due_on, position=place(locked, paper, reader))
            for paper, chosen in plan.readers.items()
            for reader in chosen
        ]
    )
    Review.objects.filter(application__call=locked, state__in=[Review.State.ASSIGNED, Review.State.STARTED]).update(
        due_on=due_on
    )
    if locked.readers_per_application != each:
        locked.readers_per_application = each
        locked.save(update_fields=["readers_per_application"])
    history.record(
        "call.readers_assigned",
        locked,
        actor=actor,
        cohort=locked.cohort,
        each=each,
        seed=_seed(locked),
        new=sum(len(chosen) for chosen in plan.readers.values()),
        short=len(plan.short),
        readers=len(inputs.readers),
        ties=len(inputs.conflicts),
    )
    return plan


def add_reader_for(application: Application, *, extra: bool, actor: User | None) -> Review | None:
    """Give ``application`` the free reader with the least to read; None when ties leave nobody.

    Part of a larger action: runs in the caller's transaction.
    """
    inputs = progress_queries.reading_inputs(application.call)
    paper = next((p for p in inputs.papers if p.id == application.pk), None)
    if paper is None:
        return None
    chosen = assignment.next_reader(paper, inputs.readers, conflicts=inputs.conflicts, seed=_seed(application.call))
    if chosen is None:
        return None
    return _give(application, inputs.people[chosen], extra=extra, actor=actor)  # type: ignore[index]


def _give(application: Application, reader: User, *, extra: bool, actor: User | None) -> Review:
    due = Review.objects.filter(application=application).values_list("due_on", flat=True).first()
    review = Review.objects.create(
        application=application,
        reader=reader,
        extra=extra,
        due_on=due,
        position=place(application.call, application.pk, reader.pk),
    )
    history.record(
        "review.assigned",
        review,
        actor=actor,
        cohort=application.call.cohort,
        application=str(application.pk),
        reader=str(reader.pk),
        extra=extra,
    )
    return review


@transaction.atomic
def add_reader(*, application: Application, reader: User, actor: User) -> Review:
    """A coordinator gives one application to one more reader.

    :raises NotPossible: they have it already, had it, or have a tie.
    """
    Call.objects.select_for_update().get(pk=application.call_id)
    if not any(row.user_id == reader.pk for row in progress_queries.readers_left(application)):
        raise NotPossible(_("This person cannot read this application."))
    return _give(application, reader, extra=False, actor=actor)


@transaction.atomic
def reassign(*, review: Review, to: User | None, actor: User) -> Review | None:
    """Take an unsent reading from one reader and give it to another, or to nobody.

    :raises NotPossible: it was sent already, or the new reader has a tie.
    """
    from applications.review.states import move_review

    Call.objects.select_for_update().get(pk=review.application.call_id)
    locked = (
        Review.objects.select_for_update(of=("self",)).select_related("application__call__cohort").get(pk=review.pk)
    )
    if locked.state not in (Review.State.ASSIGNED, Review.State.STARTED):
        raise NotPossible(_("Only a reading that has not been sent can be moved to somebody else."))
    new = add_reader(application=locked.application, reader=to, actor=actor) if to is not None else None
    if new is not None and locked.extra:
        new.extra = True
        new.save(update_fields=["extra"])
    move_review(locked, Review.State.REMOVED, actor=actor, verb="review.removed", because="reassigned")
    return new


@transaction.atomic
def redact(*, application: Application, question: str, text: str, actor: User) -> None:
    """Set what readers see in place of one free-text answer; empty ``text`` shows the answer again.

    The answer itself is not touched, and what readers saw before is kept with who wrote it and until when. Saving the
    same words again changes nothing.
    """
    Application.objects.select_for_update().get(pk=application.pk)  # one change of an application after the other
    now, text = timezone.now(), text.strip()
    current = Redaction.objects.filter(application=application, question=question).first()
    if (current.text if current else "") == text:
        return
    if current is not None:
        EarlierRedaction.objects.create(
            application=application,
            question=question,
            text=current.text,
            made_by_id=current.made_by_id,
            made_at=current.made_at,
            replaced_by=actor,
            replaced_at=now,
        )
        current.delete()
    if text:
        Redaction.objects.create(application=application, question=question, text=text, made_by=actor, made_at=now)
    history.record(
        "application.redacted",
        application,
        actor=actor,
        cohort=application.call.cohort,
        question=question,
        removed=not text,
    )
