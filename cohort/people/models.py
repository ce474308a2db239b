"""People, organizations, cohorts, and who does what in which cohort."""

from __future__ import annotations

import uuid
import zoneinfo
from collections.abc import Mapping
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.people.words import Words
from cohort.triggers import refuse
from cohort.ui.models import Versioned


class Record(models.Model):
    """What every lasting thing has: an id that tells nothing and can stand in an address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


def check_time_zone(name: str) -> None:
    """Refuse a name that the time zone database does not know."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone we know."), params={"name": name})


class UserManager(BaseUserManager["User"]):
    def get(self, *args: Any, **kwargs: Any) -> User:
        """One person; by ``pk`` alone, as a session finds its reader, with the roles that the menu asks for."""
        if args or kwargs.keys() != {"pk"}:
            return super().get(*args, **kwargs)
        held = Membership.objects.filter(user=models.OuterRef("pk"), ended_at__isnull=True)
        roles = ArraySubquery(held.values("role").distinct())
        return self.annotate(roles_at_sight=roles).get(**kwargs)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, **{"is_superuser": True, "is_staff": True, **fields})

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in, by e-mail address. Holds nothing about identity or access needs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("email"), max_length=254)
    name = models.CharField(_("full name"), max_length=120, blank=True)
    preferred_name = models.CharField(_("name to use"), max_length=80, blank=True)
    time_zone = models.CharField(max_length=64, blank=True, validators=[check_time_zone])
    language = models.CharField(max_length=8, choices=[("en", "English"), ("es", "Español")], default="en")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]
        indexes = [GinIndex(Words("name", "preferred_name"), name="user_words")]

    def __str__(self) -> str:
        return self.called

    @property
    def called(self) -> str:
        """The name to use when speaking to or of this person."""
        return self.preferred_name or self.name or self.email.partition("@")[0]

    def current_roles(self) -> frozenset[str]:
        """All roles that this person holds in whichever cohorts: as found with them, or now (one statement)."""
        found: list[str] | None = getattr(self, "roles_at_sight", None)
        if found is not None:
            return frozenset(found)
        held = self.memberships.filter(ended_at__isnull=True)
        return frozenset(held.values_list("role", flat=True).distinct())

    def get_full_name(self) -> str:
        return self.name or self.called

    def get_short_name(self) -> str:
        return self.called


class Organization(Record):
    """An employer or body that people come from. ``key`` is the name folded for matching."""

    name = models.CharField(max_length=160)
    key = models.CharField(max_length=160, unique=True, editable=False)

    class Meta:
        indexes = [GinIndex(Words("name"), name="organization_words")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = organization_key(self.name)
        super().save(*args, **kwargs)


def organization_key(name: str) -> str:
    """Fold a name for matching: case, accents, punctuation and company endings do not count."""
    import re
    import unicodedata

    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("&", " and ")
    words = re.findall(r"[a-z0-9]+", plain)
    endings = {"inc", "llc", "ltd", "the", "of", "and", "corp", "co"}
    return " ".join(w for w in words if w not in endings)[:160] or name.strip().lower()[:160]


class Cohort(Versioned, Record):
    """One run of a community of practice."""

    class State(models.TextChoices):
        DRAFT = "draft", _("being prepared")
        RECRUITING = "recruiting", _("recruiting")
        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")

    #: Allowed steps, made by ``cohort.people.states``.
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.DRAFT: frozenset({State.RECRUITING}),
        State.RECRUITING: frozenset({State.RUNNING}),
        State.RUNNING: frozenset({State.FINISHED}),
        State.FINISHED: frozenset(),
    }

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    number = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    region = models.CharField(max_length=40, blank=True, help_text="An id in facts/regions.yaml")
    place = models.CharField(max_length=120, blank=True, help_text="The place that fills {place} in prompts")
    issue = models.CharField(max_length=120, blank=True, help_text="The issue that fills {issue} in prompts")
    domain = models.TextField(blank=True)
    community = models.TextField(blank=True)
    practice = models.TextField(blank=True)
    outcomes = models.JSONField(default=list, blank=True, help_text="List of sentences")
    faq = models.JSONField(default=list, blank=True, help_text="List of {question, answer}")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    hours_per_month = models.PositiveSmallIntegerField(default=9)
    seats = models.PositiveSmallIntegerField(default=15)
    time_zone = models.CharField(max_length=64, default="America/Los_Angeles", validators=[check_time_zone])
    contact_name = models.CharField(max_length=120, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(seats__gte=1) & models.Q(seats__lte=200), name="cohort_seats_sane"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="cohort_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class Role(models.TextChoices):
    COORDINATOR = "coordinator", _("coordinator")
    SCREENER = "screener", _("screener")
    FACILITATOR = "facilitator", _("facilitator")
    PARTICIPANT = "participant", _("participant")
    STEWARD = "steward", _("equity-data steward")
    ACCESS = "access", _("access coordinator")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> MembershipQuerySet:
        return self.filter(ended_at__isnull=True)

    def having(self, *roles: str) -> MembershipQuerySet:
        return self.filter(role__in=roles)


class Membership(Record):
    """One role of one person in one cohort. Ended ones stay, for history."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    joined_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "user", "role"], condition=models.Q(ended_at__isnull=True), name="membership_once"
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]
        indexes = [models.Index(fields=["user", "cohort"]), models.Index(fields=["cohort", "role"])]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.cohort_id}"


class Invitation(Record):
    """A named invitation to one role. The link is signed and runs out; see ``actions.invite``."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=12, choices=Role.choices)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "cohort",
                Lower("email"),
                "role",
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_open_once",
            ),
        ]


class HistoryEntry(models.Model):
    """One thing that somebody did. Append-only: the database refuses to change or remove a row.

    ``details`` holds ids, codes and counts, never words that a person wrote in confidence.
    The actor is kept as an id without a foreign key, so that a person can be deleted for good.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    actor_id = models.UUIDField(null=True, help_text="Nobody when the program itself acted")
    cohort_id = models.UUIDField(null=True)
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=60)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_id"]), models.Index(fields=["cohort_id", "-id"])]
        ordering = ["id"]
        triggers = [
            refuse("history_append_only", "history is append-only", pgtrigger.Update | pgtrigger.Delete),
        ]
