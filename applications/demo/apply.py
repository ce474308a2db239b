"""The demo call in Northwest Washington and its sixty-four invented applications, in every state."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import make_password

from applications.apply import answers as apply_answers
from applications.apply.actions import eligibility_of
from applications.call import actions as call_actions
from applications.common import call_forms
from applications.demo import answers as demo_answers
from applications.demo import people as applications_demo_people
from applications.form_definition.asking import is_shown
from applications.form_definition.definition import Form
from applications.models import (
    AccessNeed,
    Answer,
    Application,
    Call,
    Consent,
    EmployerConfirmation,
    IdentityAnswer,
)
from cohort.people import demo
from cohort.people.demo_people import remember_addresses
from cohort.people.models import HistoryEntry, Organization, User, organization_key

SLUG = "equity-in-leadership-northwest"
DRAFTS, WITHDRAWN, CHECK, INELIGIBLE = 8, 3, 4, 2  # of 64; the rest are sent and eligible

FAQ = [
    {
        "question": "Do I need to be an executive?",
        "answer": "No. You need some room to change things: to decide, supervise, lead a program, or be heard.",
    },
    {
        "question": "Can two people from one organization apply?",
        "answer": "Yes. Each applies alone. Usually one is invited; a second may be, when there is room.",
    },
    {
        "question": "What does it cost?",
        "answer": "Nothing. Travel, ferries, child care and unpaid time can be covered. Tell us in “Access and costs”.",
    },
    {
        "question": "What if I cannot write much, or not in English?",
        "answer": "Notes are fine. Answer in Spanish, by phone, or with a short recording. Spelling does not count.",
    },
    {
        "question": "Will my employer see what I write?",
        "answer": "No. The person you name gets five short questions and never sees your application.",
    },
    {
        "question": "Who sees my answers about identity?",
        "answer": "Nobody beside your name. They are counted in totals, after decisions are final.",
    },
]


@dataclass
class _Applicant:
    """One invented applicant on the way into the database."""

    place: int
    user: User
    organization: tuple[Any, ...]
    state: str
    created: dt.datetime
    sent: dt.datetime | None
    values: dict[str, Any] = field(default_factory=dict)
    sections: list[str] = field(default_factory=list)


def load(stage: demo.Stage) -> None:
    """Make the call and everybody who applied. Does nothing when the call is there."""
    if Call.objects.filter(slug=SLUG).exists():
        return
    call = _call(stage)
    form = call_forms.form_of(call_actions.freeze(call=call, actor=stage.people.get("coordinator1")).pk)
    chance = random.Random("applications demo")
    people = _people(stage, chance)
    everyone = [_one(stage, call, place, user, chance) for place, user in enumerate(people)]
    said: set[str] = set()
    for one in everyone:
        _say(one, form, chance, said)
    _store(call, form, everyone, chance, stage)


def _call(stage: demo.Stage) -> Call:
    cohort, now = stage.recruiting, stage.now
    closing = (now + dt.timedelta(days=9)).astimezone(cohort.zone).replace(hour=17, minute=0, second=0, microsecond=0)
    opening = (now - dt.timedelta(days=26)).astimezone(cohort.zone).replace(hour=9, minute=0, second=0, microsecond=0)
    known = sorted({row[0] for row in applications_demo_people.ORGANIZATIONS} | {o.name for o in stage.organizations})
    return Call.objects.create(
        cohort=cohort,
        slug=SLUG,
        state=Call.State.OPEN,
        opens_at=opening,
        closes_at=closing,
        title="Equity in leadership: a year of practice with peers who can change things",
        summary="Leaders from health and human-service organizations meet once a month, work on something real at "
        "home, and think it through together. You bring the authority to change a rule, a budget or a team. "
        "We bring a held space, two facilitators and a plan that bends.",
        decisions_on=(now + dt.timedelta(days=37)).date(),
        facts={
            "session_dates": "the third Thursday of each month, 9:00 to 12:00, by turns in Everett, Mount Vernon and "
            "online",
            "total_sessions": "10",
            "min_sessions": "8",
            "committee_list": "Dana Reyes, Miriam Adeyemi, Tomás Villareal, Ruth Kowalski, Amina Warsame, "
            "Peter Lindqvist",
            "privacy_notice_version": "2026-09",
            "faq": FAQ,
            "known_organizations": known,
        },
        created_at=now - dt.timedelta(days=40),
    )


def _people(stage: demo.Stage, chance: random.Random) -> list[User]:
    """Sixty-four users. Two of them are for visitors of the demo to sign in with."""
    password, unusable = make_password(demo.PASSWORD), make_password(None)
    rows = []
    for place, name in enumerate(applications_demo_people.NAMES):
        key = f"applicant{place + 1}"
        first, _, last = name.lower().partition(" ")
        plain = f"{first}.{last}".encode("ascii", "ignore").decode().replace(" ", "").replace("-", "")
        rows.append(
            User(
                email=f"{key}@demo.example" if place < 2 else f"{plain}@example.org",
                name=name,
                preferred_name=name.split()[0] if chance.random() < 0.4 or place < 2 else "",
                password=password if place < 2 else unusable,
                date_joined=stage.now - dt.timedelta(days=30),
            )
        )
    users = User.objects.bulk_create(rows)
    stage.people.update({f"applicant{n}": user for n, user in enumerate(users[:2], 1)})
    remember_addresses(users[:2])
    return users


def _state(place: int) -> str:
    """Who is where: the first demo person writes, the second has sent; drafts and withdrawals stand between."""
    if place == 0 or (place > 2 and place % 9 == 4 and place // 9 < DRAFTS - 1):
        return Application.State.DRAFT
    return Application.State.WITHDRAWN if place in (17, 35, 53)[:WITHDRAWN] else Application.State.SUBMITTED


def _one(stage: demo.Stage, call: Call, place: int, user: User, chance: random.Random) -> _Applicant:
    rows = applications_demo_people.ORGANIZATIONS
    # Two places apart, so that two people of one organization are not neighbors in any list.
    spot = (place * 7) % len(rows) if place < len(rows) else applications_demo_people.TWICE[place - len(rows)]
    assert call.opens_at is not None
    days = (stage.now - call.opens_at).days
    after = dt.timedelta(days=chance.triangular(0, days - 1.5, days * 0.3), hours=chance.uniform(0, 9))
    created = call.opens_at + after
    state = _state(place)
    sent = None
    if state != Application.State.DRAFT:
        left = max((stage.now - created).total_seconds() - 7200, 3600)
        sent = created + dt.timedelta(seconds=left * chance.uniform(0.02, 0.75))
    return _Applicant(place, user, rows[spot], state, created, sent)


# ---------------------------------------------------------------- what they say


def _say(one: _Applicant, form: Form, chance: random.Random, said: set[str]) -> None:
    """Fill ``one.values`` the way a person would; drafts stop half way, withdrawn ones hold nothing."""
    if one.state == Application.State.WITHDRAWN:
        return
    name, kind, size, county, place, areas, native = one.organization
    strength = chance.choice([1, 2, 2, 2, 3, 3])
    values: dict[str, Any] = {
        "notice_ack": True,
        "elig_org": "yes",
        "elig_dates": "yes" if chance.random() < 0.9 else "most",
        "elig_authority": _in_order(
            form,
            "elig_authority",
            set(
                chance.sample(["decide", "recommend", "supervise", "program", "governing"], chance.choice([1, 2, 2, 3]))
            ),
        ),
        "full_name": one.user.name,
        "email": one.user.email,
        "contact_language": "es" if one.place % 13 == 4 else "en",
        "org_name": name,
        "job_title": applications_demo_people.TITLES[(one.place * 5) % len(applications_demo_people.TITLES)],
        "org_type": kind,
        "sector_roles": _in_order(form, "sector_roles", {*areas}),
        "org_size": size,
        "counties_served": _in_order(
            form,
            "counties_served",
            {county, *([chance.choice(["snohomish", "skagit"])] if chance.random() < 0.3 else [])},
        ),
        "primary_subarea": county,
        "community_type": place,
        "represents_tribe": native,
        "colleague_applying": chance.choice(["no", "no", "dk", "yes"]),
    }
    if one.user.preferred_name:
        values["preferred_name"] = one.user.preferred_name
    if chance.random() < 0.5:
        values["pronouns"] = chance.choice(["she/her", "he/him", "they/them", "ella", "she/they"])
    if chance.random() < 0.6:
        values["phone"] = f"{chance.choice(['360', '425'])}-555-{chance.randrange(100, 199):04d}"
    if native == "nation":
        values["represents_tribe_name"] = {"whatcom": "lummi", "skagit": "swinomish"}.get(county, "tulalip")
    _reflect(one, values, areas, strength, chance, said)
    if one.place % 16 == 5:
        values["elig_org"] = "unsure"
    elif one.place in (23, 47):
        values["elig_dates"] = "no"
    _support(one, values, chance)
    private = _private(one, chance)
    sections = [part.id for part in form.parts]
    if one.state == Application.State.DRAFT:
        sections = sections[: 5 if one.place == 0 else chance.randrange(1, 7)]
        if "reflection" in sections and sections[-1] == "reflection":
            for question in ("q_learning", "q_peers", "q_community", "q_anything"):
                values.pop(question, None)
    one.sections = sections
    one.values = {q: value for q, value in {**values, **private}.items() if form.questions[q].section in sections}


def _in_order(form: Form, question: str, codes: set[str]) -> list[str]:
    return [option.code for option in form.questions[question].options if option.code in codes]


def _fresh(said: set[str], make: Callable[[], str]) -> str:
    """Something that nobody in the pool has said yet."""
    text = next(text for text in iter(make, None) if text not in said)
    said.add(text)
    return text


def _reflect(
    one: _Applicant,
    values: dict[str, Any],
    areas: tuple[str, ...],
    strength: int,
    chance: random.Random,
    said: set[str],
) -> None:
    suited = [theme for theme, (fits, _parts) in demo_answers.CHANGES.items() if set(fits) & set(areas)]
    island = one.organization[4] == "island"
    theme = "ferry" if island else suited[one.place % len(suited)] if suited else "hiring"

    def change() -> str:
        pieces = [chance.choice(pair) for pair in demo_answers.CHANGES[theme][1]]
        kept = pieces if strength == 3 else pieces[:3] if strength == 2 else [pieces[0], pieces[2]]
        return chance.choice(demo_answers.OPENINGS) + " ".join(kept)

    def joined(*choices: list[str]) -> str:
        return _fresh(said, lambda: " ".join(filter(None, (chance.choice(found) for found in choices))))

    values["q_change"] = _fresh(said, change)
    values["q_authority"] = joined(
        demo_answers.DECIDE, demo_answers.AGREEMENT, *([demo_answers.EXAMPLE] if strength > 1 else [])
    )
    values["q_learning"] = joined(
        demo_answers.LEARNING, demo_answers.NEXT, *([demo_answers.NOW] if strength > 1 else [])
    )
    values["q_peers"] = joined(demo_answers.BRING, demo_answers.HOPE)
    values["q_community"] = joined(demo_answers.INVOLVED, demo_answers.STRENGTHEN)
    if chance.random() < 0.3:
        values["q_anything"] = chance.choice(demo_answers.ANYTHING)


def _support(one: _Applicant, values: dict[str, Any], chance: random.Random) -> None:
    support = chance.choice(
        [["time", "cover"], ["time"], ["time", "travel", "sponsor"], ["need_help"], ["time", "sponsor"], ["self"]]
    )
    values["q_support_have"] = support
    if support == ["self"]:
        values["employer_confirmer"] = {"confirmer_alt": "self_confirm"}
    elif support == ["need_help"]:
        values["employer_confirmer"] = {"confirmer_alt": "talk_first"}
    else:
        boss = applications_demo_people.NAMES[(one.place * 11 + 5) % len(applications_demo_people.NAMES)].split()[-1]
        values["employer_confirmer"] = {
            "confirmer_name": f"{chance.choice(['Kim', 'Pat', 'Alex', 'Lee'])} {boss}",
            "confirmer_role": "Director",
            "confirmer_email": f"director{one.place + 1}@example.org",
        }
    values |= {
        "commit_attend": True,
        "commit_agreements": True,
        "commit_practice": True,
        "prior_part": "applied" if one.place % 12 == 3 else "no",
    }
    if one.place in (6, 26, 44):
        values["conflict"] = demo_answers.TIES[(6, 26, 44).index(one.place)]


def _private(one: _Applicant, chance: random.Random) -> dict[str, Any]:
    """Identity and access answers. One in eight skips identity, others leave some of it."""
    found: dict[str, Any] = {}
    if one.place % 3 == 0:
        helps = ["captions", "materials", "remote", "childcare", "travel", "food"]
        wished = set(chance.sample(helps, 2))
        found["access_tools"] = [code for code in helps if code in wished]
        found["access_now"] = "no"
        if one.place % 9 == 0:
            found["access_text"] = chance.choice(demo_answers.ACCESS)
    if one.place % 8 != 7:
        found["race_ethnicity"] = _race(one, chance)
        found["tribal_affiliation"] = (
            [chance.choice(["citizen", "descendant", "community"])]
            if one.organization[6] != "no"
            else [chance.choice(["none"] * 9 + ["descendant"])]
        )
        found["gender"] = [chance.choice(["woman"] * 13 + ["man"] * 6 + ["nonbinary", "prefer_not"])]
        if one.place % 8 != 3:
            found["disability"] = chance.choice(["no"] * 7 + ["yes"] * 3 + ["unsure", "prefer_not"])
            found["age_band"] = chance.choice(["a25", "a35", "a35", "a35", "a45", "a45", "a55", "a65"])
            found["languages"] = [chance.choice(["none"] * 5 + ["es", "es", "ru", "vi", "ko", "tl", "pa", "salish"])]
            found["veteran"] = chance.choice(["no"] * 8 + ["yes", "family", "prefer_not"])
            told = ["poverty", "housing", "bh", "caregiver", "immigrant", "racism", "first_gen"]
            some = set(chance.sample(told, chance.choice([0, 1, 2, 3])))
            mine = [code for code in told if code in some]
            found["lived_experience"] = (
                {"columns": {"self": mine}, "extra": []}
                if mine
                else {"columns": {}, "extra": [chance.choice(["none", "prefer_not"])]}
            )
    sure = chance.random
    return {
        **found,
        "consent_process": True,
        "consent_demographics": bool(found.get("gender")) and sure() < 0.9,
        "consent_access": "access_tools" in found,
        "consent_future": sure() < 0.5,
        "consent_evaluation": sure() < 0.4,
        "consent_public_name": sure() < 0.3,
    }


def _race(one: _Applicant, chance: random.Random) -> Any:
    if one.organization[6] != "no":
        return ["aian"]
    if one.place % 19 == 8:
        return {"codes": ["self_describe"], "text": {"self_describe": chance.choice(demo_answers.IN_OWN_WORDS)}}
    rest = ["mena", "nhpi", "prefer_not"]
    picked = chance.choice(["white"] * 9 + ["hisp"] * 4 + ["asian"] * 3 + ["black"] * 3 + rest)
    return ["hisp", "white"] if picked == "hisp" and chance.random() < 0.3 else [picked]


# ---------------------------------------------------------------- into the database


def _store(call: Call, form: Form, everyone: list[_Applicant], chance: random.Random, stage: demo.Stage) -> None:
    """A fixed number of inserts, whatever the number of people."""
    places = _organizations(everyone)
    version = call.form_versions.get()
    rows = []
    for number, one in enumerate(sorted(everyone, key=lambda item: item.created), 1):
        saved = (one.sent or min(one.created + dt.timedelta(hours=20), stage.now)).isoformat()
        sent = one.state == Application.State.SUBMITTED
        verdict = eligibility_of(form, one.values) if sent else Application.Eligibility.UNKNOWN
        if one.place in (23, 47)[:INELIGIBLE]:
            verdict = Application.Eligibility.INELIGIBLE
        rows.append(
            (
                one,
                Application(
                    call=call,
                    applicant=one.user,
                    number=number,
                    state=one.state,
                    eligibility=verdict,
                    form_version=version,
                    organization=places[organization_key(one.organization[0])] if sent else None,
                    language="en",
                    revision=len(one.sections),
                    created_at=one.created,
                    edited_at=one.sent or one.created,
                    submitted_at=one.sent,
                    withdrawn_at=stage.now - dt.timedelta(days=1) if one.state == Application.State.WITHDRAWN else None,
                    remind=one.place == 0,
                    sections={name: {"revision": n, "at": saved} for n, name in enumerate(one.sections, 1)},
                ),
            )
        )
    Application.objects.bulk_create([row for _one, row in rows])
    answers, identity, access, consents, confirmations, history = [], [], [], [], [], []
    for one, row in rows:
        at = one.sent or one.created
        for question in form.questions.values():
            value, drawer = one.values.get(question.id), apply_answers.drawer_of(question)
            if drawer == apply_answers.IDENTITY and "identity" in one.sections:
                shown = is_shown(question, one.values)
                codes = apply_answers.codes_of(value)
                missing = (
                    "not_shown"
                    if not shown
                    else "left_blank"
                    if value is None
                    else "prefer_not"
                    if codes == ["prefer_not"]
                    else ""
                )
                identity += apply_answers.identity_rows(row, question, value, missing)
            elif value is None:
                continue
            elif drawer == apply_answers.ACCESS:
                access.append(AccessNeed(application=row, question=question.id, value=value))
            elif drawer == apply_answers.CONSENT:
                consents.append(
                    Consent(
                        application=row, kind=question.id, given=value, notice_version="2026-09", locale="en", at=at
                    )
                )
            elif drawer == apply_answers.ANSWERS:
                answers.append(
                    Answer(
                        application=row, question=question.id, value=value, visibility=question.visibility, saved_at=at
                    )
                )
        confirmation = _confirmation(one, row, chance, stage.now)
        confirmations += [confirmation] if confirmation else []
        history += _history(call, one, row, stage.now)
    Answer.objects.bulk_create(answers)
    IdentityAnswer.objects.bulk_create(identity)
    AccessNeed.objects.bulk_create(access)
    Consent.objects.bulk_create(consents)
    EmployerConfirmation.objects.bulk_create(confirmations)
    HistoryEntry.objects.bulk_create(history)


def _organizations(everyone: list[_Applicant]) -> dict[str, Organization]:
    names = {organization_key(one.organization[0]): one.organization[0] for one in everyone}
    known = Organization.objects.in_bulk(list(names), field_name="key")
    made = Organization.objects.bulk_create(
        [Organization(name=name, key=key) for key, name in names.items() if key not in known]
    )
    return {**known, **{row.key: row for row in made}}


def _confirmation(
    one: _Applicant, row: Application, chance: random.Random, now: dt.datetime
) -> EmployerConfirmation | None:
    """Most have answered, a few wait, one declined."""
    named = one.values.get("employer_confirmer") or {}
    if one.sent is None or "confirmer_email" not in named:
        return None
    states = EmployerConfirmation.State
    state = states.DECLINED if one.place % 29 == 3 else states.ASKED if one.place % 6 == 1 else states.ANSWERED
    answered = min(one.sent + dt.timedelta(days=chance.uniform(0.2, 4)), now) if state != states.ASKED else None
    said = {
        "emp_knows": "yes",
        "emp_time": chance.choice(["yes", "yes", "partly"]),
        "emp_change": chance.choice(["yes", "yes", "maybe"]),
        "emp_safe": True,
    }
    return EmployerConfirmation(
        application=row,
        name=named["confirmer_name"],
        role=named["confirmer_role"],
        email=named["confirmer_email"],
        state=state,
        asked_at=one.sent,
        expires_at=one.sent + dt.timedelta(days=21),
        answered_at=answered,
        answers=said if state == states.ANSWERED else {},
    )


def _history(call: Call, one: _Applicant, row: Application, now: dt.datetime) -> list[HistoryEntry]:
    moments = [
        ("application.started", one.created),
        ("application.submitted", one.sent),
        ("application.withdrawn", row.withdrawn_at),
    ]
    return [
        HistoryEntry(
            at=at,
            actor_id=one.user.pk,
            cohort_id=call.cohort_id,
            verb=verb,
            object_type="applications.application",
            object_id=str(row.pk),
        )
        for verb, at in moments
        if at
    ]


def register() -> None:
    demo.register(10, "applications", load)
