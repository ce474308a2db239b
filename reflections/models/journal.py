"""The sealed journal. Nothing here can be opened by the server, and nothing here says when somebody wrote.

No timestamps on records, no title, prompt or cohort; no admin, no history rows, no search index. The protocol's
section numbers are those of docs/journal_encryption.md.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

FORMATS = (1,)
TYPE_ENTRY, TYPE_SETTINGS, TYPE_LINK = 2, 4, 5
RECORD_SIZES = tuple((2048 << step) + 68 for step in range(6))  # 2,116 … 65,604 bytes (6.2)
LINK_SIZE = 100
ITERATIONS = (600_000, 10_000_000)  # floor and ceiling (5.2)
LINK_DAYS, RESET_DAYS = 90, 7


@models.BinaryField.register_lookup
class Octets(models.Transform):
    """``octet_length(x)``: lets a constraint speak of the size of a binary field."""

    lookup_name = "octets"
    function = "octet_length"
    output_field = models.IntegerField()


class Journal(models.Model):
    """One person's journal: a name that the browser drew, and the hash of a token that proves ownership of the key."""

    vault = models.UUIDField(primary_key=True)
    owner = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="journal")
    gen = models.PositiveIntegerField(default=1)
    write_verifier = models.BinaryField()
    pending_gen = models.PositiveIntegerField(null=True)
    pending_verifier = models.BinaryField(null=True)
    created_on = models.DateField()
    reset_on = models.DateField(null=True, help_text="The day from which its owner may throw it away without a key")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(write_verifier__octets=32), name="journal_verifier_size"),
            models.CheckConstraint(condition=Q(gen__gte=1), name="journal_gen_from_one"),
            models.CheckConstraint(
                condition=Q(pending_gen__isnull=True, pending_verifier__isnull=True)
                | Q(pending_gen=models.F("gen") + 1, pending_verifier__octets=32),
                name="journal_pending_whole",
            ),
        ]


class Slot(models.Model):
    """The journal key, wrapped for one secret: 1 passphrase, 2 recovery code, 3 passkey."""

    pk = models.CompositePrimaryKey("journal_id", "slot_id")
    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="slots")
    slot_id = models.UUIDField()
    kind = models.PositiveSmallIntegerField()
    gen = models.PositiveIntegerField()
    it = models.PositiveIntegerField(default=0)
    pep = models.PositiveSmallIntegerField(default=0)
    salt = models.BinaryField()
    commit = models.BinaryField()
    iv = models.BinaryField()
    ct = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["journal", "gen", "kind"], condition=Q(kind__in=[1, 2]), name="slot_kind_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=[1, 2, 3]), name="slot_kind_known"),
            models.CheckConstraint(
                condition=Q(salt__octets=32, commit__octets=32, iv__octets=12, ct__octets=48), name="slot_sizes"
            ),
            models.CheckConstraint(
                condition=Q(kind=1, it__gte=ITERATIONS[0], it__lte=ITERATIONS[1], pep__lte=255)
                | Q(kind__in=[2, 3], it=0, pep=0),
                name="slot_cost",
            ),
        ]


class Record(models.Model):
    """One sealed entry, or the sealed settings. Only sizes, revision and generation can be seen from outside."""

    pk = models.CompositePrimaryKey("journal_id", "record_id")
    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="records")
    record_id = models.UUIDField()
    type = models.PositiveSmallIntegerField()
    gen = models.PositiveIntegerField()
    rev = models.PositiveIntegerField()
    blob = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(type__in=[TYPE_ENTRY, TYPE_SETTINGS]), name="record_type_known"),
            models.CheckConstraint(condition=Q(rev__gte=1), name="record_rev_from_one"),
            models.CheckConstraint(condition=Q(blob__octets__in=RECORD_SIZES), name="record_size"),
        ]


class Link(models.Model):
    """An older journal key, sealed under the next one, so that drafts left on other devices still open for a while."""

    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="links")
    old_gen = models.PositiveIntegerField()
    blob = models.BinaryField()
    drop_after = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journal", "old_gen"], name="link_once"),
            models.CheckConstraint(condition=Q(blob__octets=LINK_SIZE), name="link_size"),
        ]


class JournalEvent(models.Model):
    """That a key or code was changed, and on which day. Its owner is told by mail. Never anything about writing."""

    class Kind(models.TextChoices):
        CREATED = "created"
        PASSPHRASE = "passphrase"  # noqa: S105 - the name of an event
        CODE = "code"
        BOTH = "both"
        ROTATED = "rotated"
        RESET_ASKED = "reset_asked"
        RESET_CANCELLED = "reset_cancelled"

    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="events")
    on = models.DateField()
    kind = models.CharField(max_length=16, choices=Kind.choices)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=["created", "passphrase", "code", "both", "rotated", "reset_asked", "reset_cancelled"]
                ),
                name="journal_event_known",
            )
        ]
