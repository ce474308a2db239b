"""Changes to a sealed journal. The server checks shape and proof; it cannot, and does not, look inside.

Unlike everywhere else, nothing here writes a history row: when somebody writes in their journal is theirs alone.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import date, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from cohort.outbox import api as outbox_api
from cohort.people.models import User
from reflections.journal import queries
from reflections.journal.wire_format import Envelope, Refused, SlotIn, b64u
from reflections.models import Journal, JournalEvent, Link, Record, Slot
from reflections.models.journal import LINK_DAYS, RESET_DAYS, TYPE_SETTINGS

MAX_RECORDS, MAX_BYTES = 5_000, 100 * 1024 * 1024
MAX_PASSKEYS = 5


def today() -> date:
    """The day by the world's clock: a reader's own time zone must not shorten a wait."""
    return timezone.now().date()


def _locked(owner: User) -> Journal:
    """The owner's journal, held until the transaction ends, so that writes to one journal come one after another."""
    journal = Journal.objects.select_for_update().filter(owner_id=owner.pk).first()
    if journal is None:
        raise Refused(404, "no-journal")
    return journal


def _check_proof(journal: Journal, proof: bytes, gen: int | None = None) -> None:
    """Refuse unless ``proof`` hashes to the verifier of ``gen`` (of the current or the pending one when not given)."""
    given = hashlib.sha256(proof).digest()
    known = {journal.gen: bytes(journal.write_verifier)}
    if journal.pending_gen is not None and journal.pending_verifier is not None:
        known[journal.pending_gen] = bytes(journal.pending_verifier)
    if gen is not None and gen not in known:
        raise Refused(409, "stale-gen", gen=journal.gen)
    matches = [hmac.compare_digest(given, verifier) for number, verifier in known.items() if gen in (None, number)]
    if not any(matches):
        raise Refused(403, "proof")


def _tell(journal: Journal, what: str) -> None:
    """Keep the day on which a key was changed, and tell the owner by mail."""
    event = JournalEvent.objects.create(journal=journal, on=today(), kind=what)
    outbox_api.queue(
        kind="journal_notice", key=f"journal_notice:{event.pk}", recipient=journal.owner, refs={"what": what}
    )


def _add_slots(journal: Journal, slots: list[SlotIn]) -> None:
    """Store slots and check that a passphrase and a code exist afterwards, in every generation that is in use."""
    try:
        with transaction.atomic():
            Slot.objects.bulk_create(Slot(journal=journal, **vars(slot)) for slot in slots)
    except IntegrityError as error:
        raise Refused(409, "slot-exists") from error
    for gen in (journal.gen, journal.pending_gen):
        if gen is None:
            continue
        kinds = list(Slot.objects.filter(journal=journal, gen=gen).values_list("kind", flat=True))
        if not {1, 2} <= set(kinds) or kinds.count(3) > MAX_PASSKEYS:
            raise Refused(422, "slots-needed")


@transaction.atomic
def create(*, owner: User, vault: UUID, verifier: bytes, slots: list[SlotIn]) -> Journal:
    """Set up a journal. 409 when there is one already; a passphrase slot and a recovery slot are both needed."""
    if any(slot.gen != 1 or slot.pep for slot in slots):
        raise Refused(422, "malformed")
    try:
        with transaction.atomic():
            journal = Journal.objects.create(vault=vault, owner=owner, write_verifier=verifier, created_on=today())
    except IntegrityError as error:
        raise Refused(409, "journal-exists") from error
    _add_slots(journal, slots)
    _tell(journal, JournalEvent.Kind.CREATED)
    return journal


@transaction.atomic
def put_record(*, owner: User, record_id: UUID, base_rev: int, envelope: Envelope, proof: bytes) -> int:
    """Store revision ``base_rev + 1`` of a record, if ``base_rev`` is what the server has; returns the new revision.

    409 ``conflict`` carries what the server has, so that the browser can open it and nobody's words are lost.
    """
    journal = _locked(owner)
    _check_proof(journal, proof, envelope.gen)
    if (envelope.type == TYPE_SETTINGS) != (record_id == journal.vault):
        raise Refused(422, "malformed")
    found = Record.objects.filter(journal=journal, record_id=record_id).first()
    if (found.rev if found else 0) != base_rev:
        if found is None:
            raise Refused(409, "conflict", record=None)
        raise Refused(409, "conflict", record=as_json(found))
    if found is not None and (found.type != envelope.type or found.gen > envelope.gen):
        raise Refused(422, "malformed")
    count, size = queries.used(journal)
    if count + (found is None) > MAX_RECORDS or size + len(envelope.blob) > MAX_BYTES:
        raise Refused(413, "full")
    if found is None:
        Record.objects.create(
            journal=journal, record_id=record_id, type=envelope.type, gen=envelope.gen, rev=1, blob=envelope.blob
        )
        return 1
    found.rev, found.gen, found.blob = base_rev + 1, envelope.gen, envelope.blob
    found.save(update_fields=["rev", "gen", "blob"])
    return found.rev


def as_json(record: Record) -> dict[str, object]:
    """A record as the browser reads it."""
    return {
        "id": b64u(record.record_id.bytes),
        "type": record.type,
        "gen": record.gen,
        "rev": record.rev,
        "blob": b64u(record.blob),
    }


@transaction.atomic
def delete_record(*, owner: User, record_id: UUID, proof: bytes) -> None:
    """Remove a record for good: the row goes, and no trace is kept."""
    journal = _locked(owner)
    _check_proof(journal, proof)
    if not Record.objects.filter(journal=journal, record_id=record_id).delete()[0]:
        raise Refused(404, "no-record")


@transaction.atomic
def replace_slots(*, owner: User, slots: list[SlotIn], proof: bytes) -> None:
    """Put new slots in the place of the ones of the same kind, all at once: a new passphrase, a new code, or both."""
    journal = _locked(owner)
    _check_proof(journal, proof, journal.gen)
    kinds = [slot.kind for slot in slots]
    if len(set(kinds)) != len(kinds) or not set(kinds) <= {1, 2} or any(slot.pep for slot in slots):
        raise Refused(422, "malformed")
    if any(slot.gen != journal.gen for slot in slots):
        raise Refused(409, "stale-gen", gen=journal.gen)
    Slot.objects.filter(journal=journal, gen=journal.gen, kind__in=kinds).delete()
    _add_slots(journal, slots)
    one = JournalEvent.Kind.PASSPHRASE if kinds == [1] else JournalEvent.Kind.CODE
    _tell(journal, JournalEvent.Kind.BOTH if len(kinds) > 1 else one)


@transaction.atomic
def start_rotation(*, owner: User, gen: int, verifier: bytes, slots: list[SlotIn], link: bytes, proof: bytes) -> None:
    """Begin moving to a new journal key (6.7): its slots, its verifier, and a link that opens the older key."""
    journal = _locked(owner)
    _check_proof(journal, proof, journal.gen)
    if journal.pending_gen is not None:
        raise Refused(409, "rotating", gen=journal.pending_gen)
    if gen != journal.gen + 1 or any(slot.gen != gen or slot.pep for slot in slots):
        raise Refused(409, "stale-gen", gen=journal.gen)
    journal.pending_gen, journal.pending_verifier = gen, verifier
    journal.save(update_fields=["pending_gen", "pending_verifier"])
    _add_slots(journal, slots)
    drop_after = today() + timedelta(days=LINK_DAYS)
    Link.objects.create(journal=journal, old_gen=journal.gen, blob=link, drop_after=drop_after)


@transaction.atomic
def finish_rotation(*, owner: User, proof: bytes) -> int:
    """Make the pending key the key, once no record of the older one is left. Returns the new generation."""
    journal = _locked(owner)
    if journal.pending_gen is None:
        raise Refused(409, "not-rotating", gen=journal.gen)
    _check_proof(journal, proof, journal.pending_gen)
    left = Record.objects.filter(journal=journal).exclude(gen=journal.pending_gen).count()
    if left:
        raise Refused(409, "records-left", left=left)
    Slot.objects.filter(journal=journal, gen=journal.gen).delete()
    assert journal.pending_verifier is not None
    journal.gen, journal.write_verifier = journal.pending_gen, bytes(journal.pending_verifier)
    journal.pending_gen = journal.pending_verifier = None
    journal.save(update_fields=["gen", "write_verifier", "pending_gen", "pending_verifier"])
    _tell(journal, JournalEvent.Kind.ROTATED)
    return journal.gen


@transaction.atomic
def delete_journal(*, owner: User, proof: bytes) -> None:
    """Remove the journal and all in it, now, at the request of somebody who holds the key."""
    journal = _locked(owner)
    _check_proof(journal, proof)
    journal.delete()


@transaction.atomic
def ask_reset(*, owner: User) -> Journal:
    """Somebody without passphrase and code wants to start again: tell the owner, and wait seven days."""
    journal = _locked(owner)
    if journal.reset_on is None:
        journal.reset_on = today() + timedelta(days=RESET_DAYS)
        journal.save(update_fields=["reset_on"])
        _tell(journal, JournalEvent.Kind.RESET_ASKED)
    return journal


@transaction.atomic
def cancel_reset(*, owner: User, proof: bytes) -> None:
    """Whoever can open the journal keeps it."""
    journal = _locked(owner)
    _check_proof(journal, proof)
    if journal.reset_on is not None:
        journal.reset_on = None
        journal.save(update_fields=["reset_on"])
        _tell(journal, JournalEvent.Kind.RESET_CANCELLED)


@transaction.atomic
def finish_reset(*, owner: User) -> None:
    """Throw a journal away that nobody can open, once the seven days are over."""
    journal = _locked(owner)
    if journal.reset_on is None or journal.reset_on > today():
        raise Refused(409, "too-early", reset_on=journal.reset_on.isoformat() if journal.reset_on else None)
    journal.delete()


def drop_old_links() -> int:
    """Links serve drafts left on other devices; after 90 days they go."""
    return Link.objects.filter(drop_after__lt=today()).delete()[0]
