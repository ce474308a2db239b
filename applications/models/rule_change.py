"""Changes to what people are chosen by: the legal profile, the policy of each factor, and the targets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models.call import Call
from cohort.people.models import Record
from cohort.triggers import refuse_update

_COUNSEL = (
    ~Q(counsel_name="")
    & ~Q(counsel_note="")
    & Q(counsel_on__isnull=False, counsel_until__isnull=False)
    & Q(needs_second=True)
)


class RuleChange(Record):
    """One change, who asked for it and why, and who else agreed. Never edited once it is settled.

    ``version`` counts what came into force: per factor for policies, over all targets for targets.
    ``before`` and ``after`` hold codes and numbers; for targets ``after`` says what to do and ``snapshot``
    is the whole list afterwards.
    """

    class Kind(models.TextChoices):
        PROFILE = "profile", _("legal profile")
        POLICY = "policy", _("use of a factor")
        TARGETS = "targets", _("targets")
        LIMITS = "limits", _("limits and the draw")

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for a second person")
        IN_FORCE = "in_force", _("came into force")
        REFUSED = "refused", _("not agreed")
        TAKEN_BACK = "taken_back", _("taken back")

    #: Allowed steps, made by ``cohort.people.states``.
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.WAITING: frozenset({State.IN_FORCE, State.REFUSED, State.TAKEN_BACK}),
        State.IN_FORCE: frozenset(),
        State.REFUSED: frozenset(),
        State.TAKEN_BACK: frozenset(),
    }

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="rule_changes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    factor = models.CharField(max_length=60, blank=True, help_text="The factor of a policy; empty for the rest")
    subject = models.CharField(max_length=130, blank=True, help_text="Which target, as factor:code; * for all of them")
    value = models.CharField(max_length=30, blank=True, help_text="The policy or the profile; empty for targets")
    identity = models.BooleanField(default=False, help_text="The factor belongs to an identity question")
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    snapshot = models.JSONField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    version = models.PositiveIntegerField(null=True, blank=True)
    after_opening = models.BooleanField(default=False)
    needs_second = models.BooleanField(default=False)
    reason = models.TextField()
    approver = models.CharField(max_length=120, blank=True, help_text="Who in the organization answers for it")
    counsel_name = models.CharField(max_length=120, blank=True)
    counsel_on = models.DateField(null=True, blank=True)
    counsel_until = models.DateField(null=True, blank=True)
    counsel_note = models.TextField(blank=True, help_text="What the approval covers, not the advice itself")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-proposed_at"]
        indexes = [models.Index(fields=["call", "kind", "state"])]
        constraints = [
            models.UniqueConstraint(fields=["call", "kind", "factor", "version"], name="rule_version_once"),
            models.UniqueConstraint(
                fields=["call", "kind", "factor", "subject"], condition=Q(state="waiting"), name="rule_waits_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="rule_has_reason"),
            models.CheckConstraint(
                condition=Q(state="in_force", version__isnull=False, settled_at__isnull=False)
                | (~Q(state="in_force") & Q(version__isnull=True)),
                name="rule_in_force_has_version",
            ),
            models.CheckConstraint(
                condition=~Q(state="in_force", needs_second=True) | ~Q(proposed_by=F("settled_by")),
                name="rule_two_different_people",
            ),
            models.CheckConstraint(
                condition=~Q(kind="policy", identity=True, value="selection") | _COUNSEL,
                name="rule_identity_selection_has_counsel",
            ),
            models.CheckConstraint(
                condition=~Q(kind="profile", value="counsel_approved") | _COUNSEL, name="rule_profile_has_counsel"
            ),
        ]
        triggers = [
            refuse_update(
                "rule_settled",
                "a settled change is never edited",
                but=["proposed_by", "settled_by"],
                when=~pgtrigger.Q(old__state="waiting"),
            )
        ]
