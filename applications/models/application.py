"""What an applicant writes, in four separate drawers: answers, identity, access needs, consents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models.call import Call, FormVersion
from cohort.people.models import Organization, Record


class Application(Record):
    """One person's application to one call. ``number`` is what reviewers and the board know it by."""

    class State(models.TextChoices):
        DRAFT = "draft", _("not sent yet")
        SUBMITTED = "submitted", _("sent")
        WITHDRAWN = "withdrawn", _("withdrawn")

    #: Allowed steps, made by ``cohort.people.states``.
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.DRAFT: frozenset({State.SUBMITTED, State.WITHDRAWN}),
        State.SUBMITTED: frozenset({State.WITHDRAWN}),
        State.WITHDRAWN: frozenset(),
    }

    class Eligibility(models.TextChoices):
        UNKNOWN = "unknown", _("not checked")
        ELIGIBLE = "eligible", _("eligible")
        CHECK = "check", _("staff are checking")
        INELIGIBLE = "ineligible", _("not eligible")

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="applications")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="applications")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    eligibility = models.CharField(max_length=10, choices=Eligibility.choices, default=Eligibility.UNKNOWN)
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    language = models.CharField(max_length=8, default="en")
    revision = models.PositiveIntegerField(default=0, help_text="Rises with every save; two tabs are told apart by it")
    sections = models.JSONField(
        default=dict, blank=True, help_text="Section id to {revision, at} of its last save; says nothing about content"
    )
    remind = models.BooleanField(default=False, help_text="Wants mail about an unfinished application")
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    outcome_told_at = models.DateTimeField(
        null=True, blank=True, help_text="When the outcome in force was told; “decision_date” of the retention classes"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="application_number_once"),
            models.UniqueConstraint(
                fields=["call", "applicant"], condition=~models.Q(state="withdrawn"), name="application_once_per_call"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="submitted") | models.Q(submitted_at__isnull=False),
                name="application_submitted_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["call", "state", "number"]),
            models.Index(fields=["call", "state", "eligibility", "number"], name="application_by_eligibility"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What people call it in talk and mail, such as ``0187``."""
        return f"{self.number:04d}"


class Visibility(models.TextChoices):
    """Who may read an answer (application_form.yaml). Identity and access answers have tables of their own."""

    REVIEWER = "reviewer", _("reviewers, committee and staff")
    STAFF = "staff", _("staff only")
    SELECTION = "selection", _("staff and the balance tool")


class AnswerQuerySet(models.QuerySet["Answer"]):
    def for_reviewers(self) -> AnswerQuerySet:
        """Only what a blind reader may see. The one door to answers for screeners."""
        return self.filter(visibility=Visibility.REVIEWER)

    def for_balance(self) -> AnswerQuerySet:
        return self.filter(visibility__in=[Visibility.REVIEWER, Visibility.SELECTION])


def code_of_choice() -> models.Func:
    """The one code of a stored choice: the text itself, or the first code where own words came with it.

    Cut after 60 letters, which no code has: what is stored can be of any length, a row of an index cannot.
    """
    return models.Func(
        models.F("value"),
        template="left(COALESCE(%(expressions)s #>> '{codes,0}', %(expressions)s #>> '{}'), 60)",
        output_field=models.TextField(),
    )


class Answer(models.Model):
    """One answer to one question; a question left blank has no row.

    ``value`` is a string (text, or the code of one choice), a list of codes, a bool, a dict
    ``{"codes": [...], "text": {code: words}}`` where own words came with a choice, or a dict of fields for a group.
    Read codes through :func:`cohort.questions.values.codes_of`, which knows all of these.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    visibility = models.CharField(max_length=12, choices=Visibility.choices)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "question"], name="answer_once"),
            models.CheckConstraint(condition=models.Q(visibility__in=Visibility.values), name="answer_never_identity"),
        ]
        indexes = [
            models.Index(fields=["question", "application"]),
            # Lists are narrowed by these.
            models.Index(
                models.F("question"),
                code_of_choice(),
                name="answer_listed_code",
                include=["application"],
                condition=models.Q(question__in=["org_type", "primary_subarea"]),
            ),
        ]


class AnswerRevision(models.Model):
    """What an answer was before an edit made after submitting."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="revisions")
    question = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    replaced_at = models.DateTimeField(default=timezone.now)


class Missing(models.TextChoices):
    """The four kinds of missing are never merged (docs/facts.md, 1.8)."""

    NOT_SHOWN = "not_shown"
    LEFT_BLANK = "left_blank"
    PREFER_NOT = "prefer_not"
    DONT_KNOW = "dont_know"


class IdentityAnswer(models.Model):
    """One ticked code (or one kind of missing) for one identity question.

    Read by the steward's totals, and by the worker in :mod:`applications.representation.pool.identity` where two
    people and a lawyer approved it and the person said yes.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    question = models.CharField(max_length=60)
    code = models.CharField(max_length=40, blank=True)
    column = models.CharField(max_length=10, blank=True, help_text="self or close, for the lived-experience grid")
    own_words = models.CharField(max_length=160, blank=True)
    missing = models.CharField(max_length=10, blank=True, choices=Missing.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "question", "code", "column"], name="identity_code_once"),
            models.CheckConstraint(
                condition=models.Q(code="", missing__in=Missing.values) | (~models.Q(code="") & models.Q(missing="")),
                name="identity_code_or_missing",
            ),
        ]
        indexes = [models.Index(fields=["question", "code"])]


class AccessNeed(models.Model):
    """What would help a person take part. For the access coordinator alone."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    question = models.CharField(max_length=60)
    value = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "question"], name="access_need_once")]


class Consent(models.Model):
    """One choice about information: what was shown, in which version and language, and what was chosen."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=40)
    given = models.BooleanField()
    notice_version = models.CharField(max_length=40)
    locale = models.CharField(max_length=8)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["application", "kind", "-at"])]


class EmployerConfirmation(Record):
    """The short question to the person who can confirm an organization's support. They never see the application."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        ANSWERED = "answered", _("answered")
        DECLINED = "declined", _("declined to answer")
        LAPSED = "lapsed", _("no answer")

    #: Allowed steps, made by ``cohort.people.states``.
    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        State.ASKED: frozenset({State.ANSWERED, State.DECLINED, State.LAPSED}),
        State.ANSWERED: frozenset(),
        State.DECLINED: frozenset(),
        State.LAPSED: frozenset(),
    }

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="employer_confirmation")
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=120, blank=True)
    email = models.EmailField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answers = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state"], name="employer_by_state")]
