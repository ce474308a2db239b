"""Taking data out is written down: who, for which purpose, in which form, how many rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from applications.models import Call
from applications.records.exports.purposes import Purpose
from applications.records.exports.writers import WRITERS
from cohort.people import history
from cohort.people.models import User


@transaction.atomic
def take_out(*, call: Call, purpose: Purpose, form: str, hidden: Collection[UUID], actor: User) -> int:
    """Write down an export before its first byte leaves, and return the number of its rows."""
    rows = purpose.count(call, hidden)
    history.record(
        "call.exported",
        call,
        actor=actor,
        cohort=call.cohort,
        purpose=purpose.key,
        format=form,
        rows=rows,
        left_out=len(hidden),
    )
    return rows


def pieces(*, call: Call, purpose: Purpose, form: str, hidden: Collection[UUID], language: str) -> Iterator[bytes]:
    """The bytes of an export, made while they are sent, in the words of ``language``."""
    with override(language):
        about = {"purpose": purpose.key, "call": call.slug, "made_at": timezone.now().isoformat(timespec="seconds")}
        source = purpose.source(call)
        made = WRITERS[form](purpose.columns(source), purpose.rows(source, hidden), about)
    while True:
        with override(language):  # only while a piece is made: what runs between pieces has its own language
            piece = next(made, None)
        if piece is None:
            return
        yield piece
