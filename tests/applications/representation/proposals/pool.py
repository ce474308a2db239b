"""A pool with answers and scores, made quickly, for tests of the board."""

from __future__ import annotations

import random
from datetime import timedelta

from django.utils import timezone

from applications.models import Answer, Application, Call, CriterionScore, IdentityAnswer, Review
from applications.representation.policy import actions as policy_actions
from cohort.people.models import Cohort, Organization, User
from tests.applications.pool import CRITERIA, make_call

#: Identity words that exist in the database, and must never reach a problem or a page of the board.
CANARIES = {"race_ethnicity": "canary-aian", "gender": "canary-twospirit", "disability": "canary-yes"}
PLACES = ["snohomish"] * 6 + ["whatcom"] * 3 + ["skagit", "island"]
ORG_TYPES = ["cbo_social", "grassroots", "hospital", "fqhc", "public_health", "local_gov", "tribal_gov", "housing"]
SECTORS = ["behavioral", "physical", "public", "housing", "family", "food"]


def choosing_call(cohort: Cohort, actor: User | None = None, **fields: object) -> Call:
    """A closed call with the region's policies and targets."""
    call = make_call(cohort, **fields)  # type: ignore[arg-type]
    policy_actions.adopt(call=call, actor=actor)
    policy_actions.start_targets(call=call, actor=actor)
    return call


def fill_pool(call: Call, count: int, *, start: int = 1, seed: int = 1) -> list[Application]:
    """``count`` eligible applications with answers, identity answers and one sent reading each."""
    rng, now = random.Random(f"{seed}-{start}"), timezone.now()
    numbers = range(start, start + count)
    users = User.objects.bulk_create(
        [User(email=f"pool{n}@example.org", name=f"Canary Name {n}", password="!") for n in numbers]
    )
    orgs = [Organization.objects.get_or_create(name=f"Org {n}")[0] for n in range(max(6, count // 2))]
    form = call.form_versions.get()
    made = Application.objects.bulk_create(
        [
            Application(
                call=call,
                applicant=user,
                number=n,
                form_version=form,
                state="submitted",
                eligibility="eligible",
                submitted_at=now,
                organization=orgs[rng.randrange(len(orgs))],
            )
            for n, user in enumerate(users, start=start)
        ]
    )
    Answer.objects.bulk_create(
        [
            Answer(application=application, question=question, value=value, visibility=visibility)
            for application in made
            for question, value, visibility in answers(rng)
        ]
    )
    IdentityAnswer.objects.bulk_create(
        [
            IdentityAnswer(application=application, question=question, code=code)
            for application in made
            for question, code in CANARIES.items()
        ]
    )
    reader, _made = User.objects.get_or_create(email="pool-reader@example.org", defaults={"password": "!"})
    reviews = Review.objects.bulk_create(
        [
            Review(
                application=application,
                reader=reader,
                state="submitted",
                started_at=now - timedelta(hours=1),
                submitted_at=now,
            )
            for application in made
        ]
    )
    CriterionScore.objects.bulk_create(
        [
            CriterionScore(review=review, criterion=criterion, level=rng.randint(2, 5))
            for review in reviews
            for criterion in CRITERIA
        ]
    )
    return made


def answers(rng: random.Random) -> list[tuple[str, object, str]]:
    tribe = rng.random() < 0.12
    return [
        ("full_name", "Canary Fullname", "staff"),
        ("q_change", "Canary essay", "reviewer"),
        ("org_name", "Canary Organization", "selection"),
        ("primary_subarea", rng.choice(PLACES), "selection"),
        ("org_type", {"codes": ["tribal_gov"]} if tribe else rng.choice(ORG_TYPES), "selection"),
        ("sector_roles", rng.sample(SECTORS, rng.randint(1, 3)), "selection"),
        ("org_size", rng.choice(["s0", "s1", "s15", "s50", "s250"]), "selection"),
        ("community_type", rng.choice(["city", "suburb", "town", "rural", "island"]), "selection"),
        ("represents_tribe", rng.choice(["nation", "native_org"]) if tribe else "no", "selection"),
    ]
