"""Calls, applications and readings for tests of reading, deciding and offering."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from applications.common.call_forms import default_definition, default_rubric
from applications.models import (
    AccessNeed,
    Answer,
    Application,
    Call,
    Consent,
    CriterionScore,
    EmployerConfirmation,
    FormVersion,
    IdentityAnswer,
    Review,
    RubricVersion,
)
from cohort.people.models import Cohort, Organization, Role, User
from tests.conftest import join, person

CRITERIA = [
    "authority",
    "change_aim",
    "reflective_practice",
    "peer_contribution",
    "community_accountability",
    "commitment",
]


def make_call(cohort: Cohort, slug: str = "north-call", state: str = Call.State.CLOSED, **fields: object) -> Call:
    now = timezone.now()
    call = Call.objects.create(
        cohort=cohort,
        slug=slug,
        title="North call",
        state=state,
        opens_at=now - timedelta(days=40),
        closes_at=now - timedelta(days=5) if state == Call.State.CLOSED else now + timedelta(days=5),
        decisions_on=(now + timedelta(days=20)).date(),
        **fields,
    )
    FormVersion.objects.create(call=call, definition=default_definition(cohort))
    RubricVersion.objects.create(call=call, definition=default_rubric())
    return call


def make_application(
    call: Call,
    number: int,
    *,
    applicant: User | None = None,
    organization: str = "",
    state: str = Application.State.SUBMITTED,
    **fields: object,
) -> Application:
    applicant = applicant or person(f"applicant{number}")
    place = Organization.objects.get_or_create(name=organization)[0] if organization else None
    return Application.objects.create(
        call=call,
        number=number,
        applicant=applicant,
        form_version=call.form_versions.get(),
        organization=place,
        state=state,
        submitted_at=timezone.now() if state == Application.State.SUBMITTED else None,
        **{"eligibility": Application.Eligibility.ELIGIBLE, **fields},
    )


def make_applications(call: Call, count: int) -> list[Application]:
    return [make_application(call, number) for number in range(1, count + 1)]


def make_screeners(cohort: Cohort, count: int) -> list[User]:
    people = [person(f"reader{n}") for n in range(1, count + 1)]
    for one in people:
        join(one, cohort, Role.SCREENER)
    return people


#: Everything that must never reach a reader, each string found nowhere else.
SECRETS = {
    "full_name": "Zephyrina Quillfeather",
    "preferred_name": "Zephy",
    "pronouns": "ze/zir-canary",
    "email": "zephyrina.q@quill-canary.example",
    "phone": "360-555-0187",
    "org_name": "Quillhaven Tideflats Clinic",
    "org_type": "fqhc",
    "contact_language_other": "Quillish-canary",
    "conflict": "Cousin-canary of a committee member",
    "confirmer_name": "Barnaby Underquill",
    "confirmer_email": "barnaby@underquill-canary.example",
    "confirmer_role": "Chair-canary of the board",
    "access_text": "Stairs-canary are hard",
    "own_words": "identity-canary",
    "employer_comment": "employer-canary says yes",
    "represents_tribe_name": "nation-canary",
}


def fill(application: Application) -> dict[str, str]:
    """A fully filled application whose free text also names the writer. Returns the strings to look for."""
    secret = SECRETS
    reviewer = {
        "elig_org": "yes",
        "elig_authority": ["decide", "supervise"],
        "elig_dates": "yes",
        "job_title": "Clinic manager",
        "q_change": "Our intake line closes at four. I am Zephyrina Quillfeather of Quillhaven Tideflats Clinic.\n\n"
        "Write to zephyrina.q@quill-canary.example or call 360-555-0187.",
        "q_authority": "I set the rota. Barnaby Underquill must agree to the budget.",
        "q_learning": "Quillfeather is what they call me. We had the form wrong for years.",
        "q_peers": "I bring rotas, and hope to learn.",
        "q_community": "Patients choose the hours with us.",
        "q_anything": "<script>alert(1)</script> & thanks",
        "q_support_have": ["time", "sponsor"],
    }
    staff = {key: secret[key] for key in ("full_name", "preferred_name", "pronouns", "email", "phone", "conflict")}
    staff["employer_confirmer"] = {
        "confirmer_name": secret["confirmer_name"],
        "confirmer_role": secret["confirmer_role"],
        "confirmer_email": secret["confirmer_email"],
    }
    staff["contact_language"] = {"codes": ["other"], "text": {"other": secret["contact_language_other"]}}
    selection = {
        "org_name": secret["org_name"],
        "org_type": secret["org_type"],
        "primary_subarea": "san_juan",
        "represents_tribe_name": secret["represents_tribe_name"],
    }
    for visibility, answers in (("reviewer", reviewer), ("staff", staff), ("selection", selection)):
        for question, value in answers.items():
            Answer.objects.update_or_create(
                application=application, question=question, defaults={"value": value, "visibility": visibility}
            )
    IdentityAnswer.objects.create(
        application=application, question="gender", code="self_describe", own_words=secret["own_words"]
    )
    AccessNeed.objects.create(application=application, question="access_text", value=secret["access_text"])
    Consent.objects.create(application=application, kind="consent_process", given=True, notice_version="1", locale="en")
    EmployerConfirmation.objects.create(
        application=application,
        name=secret["confirmer_name"],
        role=secret["confirmer_role"],
        email=secret["confirmer_email"],
        expires_at=timezone.now(),
        answers={"emp_comment": secret["employer_comment"]},
        state="answered",
    )
    return secret


def score(
    application: Application,
    reader: User,
    levels: int | Iterable[int | None],
    *,
    state: str = Review.State.SUBMITTED,
    **fields: object,
) -> Review:
    """A reading with one level for all criteria, or one each; None means “cannot judge”."""
    given = [levels] * len(CRITERIA) if isinstance(levels, int) else list(levels)
    now = timezone.now()
    review = Review.objects.create(
        application=application,
        reader=reader,
        state=state,
        started_at=now - timedelta(minutes=20),
        submitted_at=now if state == Review.State.SUBMITTED else None,
        **fields,
    )
    CriterionScore.objects.bulk_create(
        [
            CriterionScore(
                review=review, criterion=key, level=level, cannot_judge=level is None, comment=f"Says so: {key}"
            )
            for key, level in zip(CRITERIA, given, strict=True)
        ]
    )
    return review
