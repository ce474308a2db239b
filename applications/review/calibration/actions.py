"""The shared start of reading: everybody scores the same examples, sees the spread, talks; then queues open."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application, Calibration, Call, Example, ExampleReading
from applications.review import queries as review_queries
from applications.review.actions import Reading, reading_is_open, wanting
from applications.review.calibration import queries
from cohort.people import history, states
from cohort.people.models import User
from cohort.people.states import NotPossible

State = Calibration.State


def _locked_call(call: Call) -> Call:
    locked = Call.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=call.pk)
    if not reading_is_open(locked):
        raise NotPossible(_("Reading is over for this call. Nothing can be changed."))
    return locked


def move_calibration(calibration: Calibration, to: str, *, actor: User, **changes: Any) -> None:
    """Move the shared start to ``to`` and write it down. Nothing else sets its state.

    :raises NotPossible: it is there already.
    """
    states.move(
        calibration, to, actor=actor, refusal=_("That is done already."), cohort=calibration.call.cohort, **changes
    )


@transaction.atomic
def start(*, call: Call, keys: Collection[str], actor: User) -> Calibration:
    """Have every reader score these invented examples before their own list opens.

    :raises NotPossible: there is a shared start already, no rubric, reading is over, or no such example.
    """
    locked = _locked_call(call)
    known = queries.invented()
    wanted = [key for key in known if key in set(keys)]
    if not wanted or len(wanted) != len(set(keys)):
        raise NotPossible(_("Choose at least one example."))
    try:
        review_queries.rubric(locked)
    except LookupError as missing:
        raise NotPossible(_("This call has no rubric yet, so nothing can be scored.")) from missing
    if Calibration.objects.filter(call=locked).exists():
        raise NotPossible(_("The examples are out already."))
    made = Calibration.objects.create(call=locked, started_by=actor)
    Example.objects.bulk_create(
        [Example(calibration=made, position=place, key=key) for place, key in enumerate(wanted, start=1)]
    )
    history.record("calibration.started", made, actor=actor, cohort=locked.cohort, examples=wanted)
    return made


@transaction.atomic
def add_real(*, calibration: Calibration, application: Application, actor: User) -> Example:
    """Let every reader without a tie score one real application as an example. Its real readings stay apart.

    :raises NotPossible: it is an example already, was withdrawn, belongs elsewhere, or the talk is over.
    """
    call = _locked_call(calibration.call)
    calibration = Calibration.objects.select_for_update().get(pk=calibration.pk)
    if calibration.state != State.RUNNING:
        raise NotPossible(_("The talk is over. Start again first, then add an example."))
    if application.call_id != call.pk or application.state != Application.State.SUBMITTED:
        raise NotPossible(_("No sent application has that number."))
    last = calibration.examples.aggregate(last=Max("position"))["last"] or 0
    try:
        with transaction.atomic():
            example = Example.objects.create(calibration=calibration, position=last + 1, application=application)
    except IntegrityError as twice:
        raise NotPossible(_("That application is an example already.")) from twice
    history.record(
        "calibration.example_added", calibration, actor=actor, cohort=call.cohort, application=str(application.pk)
    )
    return example


def _marks(reading: Reading) -> dict[str, dict[str, object]]:
    return {
        key: {"level": mark.level, "cannot_judge": mark.cannot_judge, "comment": mark.comment}
        for key, mark in reading.marks.items()
    }


def _mine(example: Example, reader: User) -> ExampleReading:
    """The reader's own reading of an example, locked, when it may still change."""
    _locked = Calibration.objects.select_for_update().get(pk=example.calibration_id)
    if not reading_is_open(example.calibration.call):
        raise NotPossible(_("Reading is over for this call. Nothing can be changed."))
    found, _made = ExampleReading.objects.select_for_update().get_or_create(example=example, reader=reader)
    if found.sent_at:
        raise NotPossible(
            _("You have sent your levels for this example. They stay as they are, so that the talk has a fixed start.")
        )
    return found


@transaction.atomic
def save(*, example: Example, reader: User, reading: Reading) -> ExampleReading:
    """Keep what a reader has so far.

    :raises NotPossible: it was sent, or reading is over.
    """
    mine = _mine(example, reader)
    mine.marks = _marks(reading)
    mine.save(update_fields=["marks"])
    return mine


@transaction.atomic
def send(*, example: Example, reader: User, reading: Reading) -> ExampleReading:
    """Send a reader's levels for an example. From then on they see the spread, and cannot change what they sent.

    :raises NotPossible: something is missing, it was sent already, or reading is over.
    """
    if wanting(reading, review_queries.rubric_definition(example.calibration.call)):
        raise NotPossible(_("Something is still missing."))
    mine = _mine(example, reader)
    mine.marks, mine.sent_at = _marks(reading), timezone.now()
    mine.save(update_fields=["marks", "sent_at"])
    history.record("example.sent", mine, actor=reader, cohort=example.calibration.call.cohort, example=str(example.pk))
    return mine


@transaction.atomic
def finish(*, calibration: Calibration, note: str, actor: User) -> Calibration:
    """After the talk: keep what was agreed, and open the queues of readers who have sent their examples.

    :raises NotPossible: nobody has sent anything, there is no note, or it is over already.
    """
    locked = Calibration.objects.select_for_update(of=("self",)).select_related("call__cohort").get(pk=calibration.pk)
    if not note.strip():
        raise NotPossible(_("Write down what you agreed on, in a sentence or two."))
    if not ExampleReading.objects.filter(example__calibration=locked, sent_at__isnull=False).exists():
        raise NotPossible(_("No reader has sent levels yet."))
    move_calibration(locked, State.OVER, actor=actor, note=note.strip(), over_at=timezone.now())
    return locked


@transaction.atomic
def reopen(*, calibration: Calibration, actor: User) -> Calibration:
    """Close the queues again, for one more example. Readings that were sent stay sent.

    :raises NotPossible: the shared start is running, or reading is over.
    """
    _locked_call(calibration.call)
    locked = Calibration.objects.select_for_update(of=("self",)).select_related("call__cohort").get(pk=calibration.pk)
    move_calibration(locked, State.RUNNING, actor=actor, over_at=None)
    return locked
