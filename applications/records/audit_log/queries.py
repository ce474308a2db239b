"""What happened to one application, and to a call: who looked, scored, decided and told, and when.

Read from the append-only history. Entries hold ids, codes and counts; no score, no word of a reader and no answer of
an applicant is in them, so none can be shown here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Model, Q, QuerySet, Value
from django.utils.translation import gettext as _

from applications.common import audit_labels
from applications.models import (
    Application,
    Calibration,
    Call,
    Decision,
    EmployerConfirmation,
    IdentityTotals,
    Inquiry,
    Offer,
    Proposal,
    Recusal,
    Release,
    Review,
)
from cohort.people.models import HistoryEntry, User

LOOKS = Q(verb__endswith=".seen") | Q(verb__in=audit_labels.LOOKS)
KINDS = ("looks", "acts")


@dataclass(frozen=True)
class Happening:
    """One line of a history."""

    at: datetime
    who: str
    words: str
    look: bool


def of_application(application: Application, kind: str = "") -> QuerySet[HistoryEntry]:
    """Entries about an application, its readings, ties, decisions, releases, offers and questions, newest first
    (one statement for what belongs to it; the entries come when they are read)."""
    mine = {"application": application}
    return _entries(
        [application],
        [
            *(
                model.objects.filter(**mine)
                for model in (Review, Recusal, Decision, Offer, Inquiry, EmployerConfirmation)
            ),
            Release.objects.filter(decisions__application=application),
        ],
        kind,
    )


def of_call(call: Call, kind: str = "") -> QuerySet[HistoryEntry]:
    """Entries about a call, its proposals, releases, shared examples and identity totals, newest first; nothing about
    a single application (statements as in :func:`of_application`)."""
    mine = {"call": call}
    return _entries(
        [call], [model.objects.filter(**mine) for model in (Proposal, Release, Calibration, IdentityTotals)], kind
    )


def _entries(things: Iterable[Model], belongings: list[QuerySet], kind: str) -> QuerySet[HistoryEntry]:
    """Entries about ``things`` and what belongs to them. Ids first: then one index finds every entry."""
    types = {thing._meta.label_lower for thing in things} | {rows.model._meta.label_lower for rows in belongings}
    parts = [rows.order_by().annotate(_part=Value(n)).values_list("_part", "pk") for n, rows in enumerate(belongings)]
    ids = {str(thing.pk) for thing in things} | {str(pk) for _part, pk in parts[0].union(*parts[1:])}
    found = HistoryEntry.objects.filter(object_type__in=sorted(types), object_id__in=sorted(ids)).order_by("-at", "-id")
    if kind in KINDS:
        found = found.filter(LOOKS) if kind == "looks" else found.exclude(LOOKS)
    return found


def told(entries: Iterable[HistoryEntry], *, applicant: UUID | None = None) -> list[Happening]:
    """``entries`` in words, with names (one statement). The applicant is called that, never by name."""
    entries = list(entries)
    people = {
        user.pk: user.get_full_name()
        for user in User.objects.filter(pk__in={e.actor_id for e in entries if e.actor_id} - {applicant})
    }

    def who(entry: HistoryEntry) -> str:
        if entry.actor_id is None:
            return _("By itself")
        if entry.actor_id == applicant:
            return _("The applicant")
        return people.get(entry.actor_id) or _("Somebody whose account is gone")

    return [
        Happening(
            entry.at,
            who(entry),
            audit_labels.said(entry),
            entry.verb.endswith(".seen") or entry.verb in audit_labels.LOOKS,
        )
        for entry in entries
    ]
