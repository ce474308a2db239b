"""Invented people as rows of every table that a call fills: answers in their drawers, readings, decisions."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from applications.apply import answers as apply_answers
from applications.apply.actions import eligibility_of
from applications.demo.scale import people
from applications.demo.scale.copying import Table
from applications.demo.scale.people import CLOSES, One, key
from applications.form_definition.asking import is_shown
from applications.form_definition.definition import Form, FormQuestion
from applications.models import (
    AccessNeed,
    Answer,
    Application,
    Consent,
    CriterionScore,
    Decision,
    EmployerConfirmation,
    IdentityAnswer,
    Review,
)
from cohort.people.models import Organization, User, organization_key

NOTICE = "2026-09"
DECIDED = CLOSES + dt.timedelta(days=30)
TOLD = CLOSES + dt.timedelta(days=32)
COMMENT = "Says plainly what they can change, and who would feel it."
FLAG = "Is this organization still part of the county?"

TABLES = {
    "organizations": Table(Organization, "id", "name", "key"),
    "users": Table(User, "id", "email", "name", "preferred_name", "password", "language", "date_joined"),
    "applications": Table(
        Application,
        "id",
        "call_id",
        "applicant_id",
        "number",
        "state",
        "eligibility",
        "form_version_id",
        "organization_id",
        "language",
        "revision",
        "sections",
        "created_at",
        "edited_at",
        "submitted_at",
        "withdrawn_at",
        "outcome_told_at",
    ),
    "answers": Table(Answer, "application_id", "question", "value", "visibility", "saved_at"),
    "identity": Table(IdentityAnswer, "application_id", "question", "code", "column", "own_words", "missing"),
    "access": Table(AccessNeed, "application_id", "question", "value"),
    "consents": Table(Consent, "application_id", "kind", "given", "notice_version", "locale", "at"),
    "confirmations": Table(
        EmployerConfirmation,
        "id",
        "application_id",
        "name",
        "role",
        "email",
        "state",
        "asked_at",
        "expires_at",
        "answered_at",
        "answers",
    ),
    "reviews": Table(
        Review,
        "id",
        "application_id",
        "reader_id",
        "state",
        "position",
        "shared_comment",
        "flag",
        "assigned_at",
        "started_at",
        "submitted_at",
    ),
    "scores": Table(CriterionScore, "review_id", "criterion", "level", "cannot_judge", "comment"),
    "decisions": Table(
        Decision,
        "id",
        "application_id",
        "value",
        "reason_code",
        "decided_by_id",
        "decided_at",
        "release_id",
    ),
}
Rows = dict[str, list[tuple[Any, ...]]]


@dataclass
class Setting:
    """What all applications of the call share."""

    seed: int
    call: UUID
    version: UUID
    form: Form
    organizations: list[people.InventedOrganization]
    readers: list[UUID]
    coordinator: UUID
    release: UUID
    criteria: list[str]
    invited: int = 0
    seats: int = 15
    questions: list[tuple[FormQuestion, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.questions = [(q, apply_answers.drawer_of(q)) for q in self.form.questions.values()]


def unusable(place: object) -> str:
    """A password that lets nobody in, always the same."""
    return f"!scale{place}"


def organizations(found: Iterable[people.InventedOrganization]) -> list[tuple[Any, ...]]:
    return [(place.id, place.name, organization_key(place.name)) for place in found]


def rows_of(setting: Setting, first: int, last: int) -> Rows:
    """The rows of the applicants from ``first`` up to, and without, ``last``, by table."""
    rows: Rows = defaultdict(list)
    for place in range(first, last):
        one = people.person(setting.seed, place, setting.organizations, setting.form)
        _application(setting, one, rows)
    return rows


def _application(setting: Setting, one: One, rows: Rows) -> None:
    states, chance = Application.State, one.chance
    sent, gone = one.state == states.SUBMITTED, one.state == states.WITHDRAWN
    verdict = eligibility_of(setting.form, one.values) if sent else Application.Eligibility.UNKNOWN
    if sent and verdict == Application.Eligibility.CHECK and chance.random() < 0.4:
        verdict = Application.Eligibility.INELIGIBLE
    readings = _readings(setting, one, rows) if sent else 0
    told = _decision(setting, one, str(verdict), readings, rows) if sent else None
    saved = (one.sent or one.created + dt.timedelta(hours=2)).isoformat()
    language = str(one.values.get("contact_language") or "en")
    rows["users"].append((one.user_id, one.email, one.name, one.preferred, unusable(one.place), language, one.created))
    rows["applications"].append(
        (
            one.application_id,
            setting.call,
            one.user_id,
            one.place + 1,
            one.state,
            str(verdict),
            setting.version,
            one.organization.id if sent else None,
            language,
            len(one.sections),
            {name: {"revision": n, "at": saved} for n, name in enumerate(one.sections, 1)},
            one.created,
            one.sent or one.created,
            one.sent,
            one.sent if gone else None,
            told,
        )
    )
    _answers(setting, one, rows)
    if sent:
        _confirmation(setting, one, rows)


def _answers(setting: Setting, one: One, rows: Rows) -> None:
    at, ghost = one.sent or one.created, Application(pk=one.application_id)
    for question, drawer in setting.questions:
        value = one.values.get(question.id)
        if drawer == apply_answers.IDENTITY and "identity" in one.sections:
            missing = (
                "not_shown"
                if not is_shown(question, one.values)
                else "left_blank"
                if value is None
                else "prefer_not"
                if apply_answers.codes_of(value) == ["prefer_not"]
                else ""
            )
            rows["identity"] += [
                (one.application_id, row.question, row.code, row.column, row.own_words, row.missing)
                for row in apply_answers.identity_rows(ghost, question, value, missing)
            ]
        elif value is None:
            continue
        elif drawer == apply_answers.ACCESS:
            rows["access"].append((one.application_id, question.id, value))
        elif drawer == apply_answers.CONSENT:
            rows["consents"].append((one.application_id, question.id, value, NOTICE, "en", at))
        elif drawer == apply_answers.ANSWERS:
            rows["answers"].append((one.application_id, question.id, value, question.visibility, at))


def _confirmation(setting: Setting, one: One, rows: Rows) -> None:
    """Most have answered, some never did, a few declined. None is still asked, so that nothing is ever mailed."""
    named, chance = one.values["employer_confirmer"], one.chance
    if "confirmer_email" not in named or one.sent is None:
        return
    states = EmployerConfirmation.State
    lot = chance.random()
    state = states.ANSWERED if lot < 0.8 else states.LAPSED if lot < 0.96 else states.DECLINED
    answers = {
        "emp_knows": "yes",
        "emp_time": chance.choice(["yes", "yes", "partly"]),
        "emp_change": chance.choice(["yes", "yes", "maybe"]),
        "emp_safe": True,
    }
    rows["confirmations"].append(
        (
            key(setting.seed, "confirmation", one.place),
            one.application_id,
            named["confirmer_name"],
            named["confirmer_role"],
            named["confirmer_email"],
            str(state),
            one.sent,
            one.sent + dt.timedelta(days=21),
            None if state == states.LAPSED else one.sent + dt.timedelta(days=chance.randrange(1, 20)),
            answers if state == states.ANSWERED else {},
        )
    )


def _readings(setting: Setting, one: One, rows: Rows) -> int:
    """Three readers for three in ten, most of them done; scores around how strong the application is. How many sent."""
    if one.place % 10 >= 3:
        return 0
    chance, states, sent = one.chance, Review.State, 0
    strength = chance.choice([1, 2, 2, 3, 3, 3, 4, 4, 5])
    for turn, reader in enumerate(chance.sample(setting.readers, 3)):
        lot = chance.random()
        state = states.SUBMITTED if lot < 0.85 else states.STARTED if lot < 0.9 else states.ASSIGNED
        began = CLOSES + dt.timedelta(days=3, minutes=chance.randrange(20_000))
        review = key(setting.seed, "review", one.place * 3 + turn)
        done = state == states.SUBMITTED
        rows["reviews"].append(
            (
                review,
                one.application_id,
                reader,
                str(state),
                one.place,
                COMMENT if done else "",
                FLAG if chance.random() < 0.02 else "",
                CLOSES + dt.timedelta(days=1),
                None if state == states.ASSIGNED else began,
                began + dt.timedelta(minutes=25) if done else None,
            )
        )
        if done:
            sent += 1
            rows["scores"] += [
                (
                    review,
                    criterion,
                    min(max(strength + chance.choice([-1, 0, 0, 0, 1]), 1), 5),
                    False,
                    COMMENT if strength in (1, 2, 5) else "",
                )
                for criterion in setting.criteria
            ]
    return sent


def _decision(setting: Setting, one: One, verdict: str, readings: int, rows: Rows) -> dt.datetime | None:
    """What was decided, for two thirds of those read by all three; half of that was told. When it was told."""
    values, chance = Decision.Value, people.lot(setting.seed, "decision", one.place)
    if readings < 3 or chance.random() < 0.33:
        return None
    if verdict == Application.Eligibility.INELIGIBLE:
        value, reason = values.NOT_ELIGIBLE, "INELIGIBLE"
    elif setting.invited < setting.seats and chance.random() < 0.5:
        value, reason = values.INVITE, "COMMITTEE_CHOICE"
        setting.invited += 1
    elif chance.random() < 0.1:
        value, reason = values.WAITLIST, "COHORT_FULL_EQUAL_SCORE"
    else:
        value, reason = values.DECLINE, "SCORE_BELOW_LINE"
    told = value != values.INVITE and chance.random() < 0.5  # an invitation that was told would need an offer
    rows["decisions"].append(
        (
            key(setting.seed, "decision", one.place),
            one.application_id,
            str(value),
            reason,
            setting.coordinator,
            DECIDED,
            setting.release if told else None,
        )
    )
    return TOLD if told else None
