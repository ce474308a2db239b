"""A whole, true application as a browser would post it, section by section."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from applications.call import actions as call_actions
from applications.models import Application, Call
from applications.representation.policy import actions as policy_actions
from cohort.people.models import Cohort

SECRETS = {
    "staff": "zq-conflict-my-cousin",
    "selection": "zq-org-harbor-light",
    "identity": "zq-own-words-identity",
    "access": "zq-access-needs",
    "reviewer": "zq-change-the-intake-hours",
}

POSTS: dict[str, dict[str, str | list[str]]] = {
    "before_you_start": {"notice_ack": "yes"},
    "eligibility": {"elig_org": "yes", "elig_authority": ["decide", "supervise"], "elig_dates": "yes"},
    "about_you": {
        "full_name": "Ana López",
        "preferred_name": "Ana",
        "pronouns": "she",
        "email": "ana@example.org",
        "phone": "360-555-0100",
        "contact_language": "other",
        "contact_language_other": "Mixteco",
    },
    "organization": {
        "org_name": SECRETS["selection"],
        "job_title": "Clinic manager",
        "org_type": "other_org",
        "org_type--text-other_org": "Mobile clinic",
        "sector_roles": ["physical", "behavioral"],
        "org_size": "dk",
        "counties_served": ["skagit", "whatcom"],
        "primary_subarea": "skagit",
        "community_type": "town",
        "represents_tribe": "no",
        "colleague_applying": "dk",
    },
    "reflection": {
        "q_change": SECRETS["reviewer"],
        "q_authority": "I set the hours.",
        "q_learning": "We closed at four.",
        "q_peers": "I bring data.",
        "q_community": "A parents' group meets monthly.",
    },
    "commitment": {
        "q_support_have": ["time", "cover"],
        "confirmer_name": "Lee Park",
        "confirmer_role": "Director",
        "confirmer_email": "Lee@example.org",
        "commit_attend": "yes",
        "commit_agreements": "yes",
        "commit_practice": "yes",
        "prior_part": "no",
        "conflict": SECRETS["staff"],
    },
    "access_needs": {"access_tools": ["captions"], "access_text": SECRETS["access"], "access_now": "no"},
    "identity": {
        "race_ethnicity": ["hisp", "self_describe"],
        "race_ethnicity--text-self_describe": SECRETS["identity"],
        "tribal_affiliation": ["none", "citizen"],
        "gender": ["woman"],
        "disability": "prefer_not",
        "age_band": "a35",
        "languages": ["es", "mix"],
        "lived_experience--col-self": ["poverty", "immigrant"],
        "lived_experience--col-close": ["poverty"],
    },
    "consent": {"consent_process": "yes", "consent_demographics": "yes", "consent_access": "yes"},
}


def open_call(cohort: Cohort, slug: str = "north-call", **fields: object) -> Call:
    """A call that opened yesterday and closes in a week, with its form and rubric frozen."""
    now = timezone.now()
    call = Call.objects.create(
        cohort=cohort,
        slug=slug,
        title="Equity in leadership",
        summary="A year of practice.",
        opens_at=now - dt.timedelta(days=1),
        closes_at=now + dt.timedelta(days=7),
        decisions_on=(now + dt.timedelta(days=40)).date(),
        facts={
            "session_dates": "the third Thursday of each month",
            "min_sessions": "8",
            "total_sessions": "10",
            "committee_list": "Dana Reyes",
        },
        **fields,
    )
    policy_actions.adopt(call=call, actor=None)
    return call_actions.open_call(call=call, actor=None)


def fill(client: object, application: Application, *, skip: tuple[str, ...] = ()) -> None:
    """Post every section in order, as a browser without JavaScript would."""
    for section, data in POSTS.items():
        if section in skip:
            continue
        application.refresh_from_db()
        base = (application.sections.get(section) or {}).get("revision", 0)
        response = client.post(f"/applications/{application.pk}/parts/{section}/", {**data, "base": base})
        assert response.status_code == 302, (section, response.status_code)
