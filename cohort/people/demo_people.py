"""The demo's two cohorts and the people who run and attend them. All invented."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from cohort.people import demo
from cohort.people.models import Cohort, Membership, Organization, Role, User

RECRUITING, RUNNING = "northwest-2", "northwest-1"

OUTCOMES = [
    "See where a policy, practice or structure treats people the same and still leaves some worse off.",
    "Have peers to think with when the work is hard, and practices that go beyond a training.",
    "Hold yourself and each other to account, together with the people your organization serves.",
    "Have brave, curious and careful conversations about race, class, gender, ability and age.",
    "Notice early what pulls equity work off course, and know what to do next.",
]

# (key, full name, cohort, role)
STAFF: list[tuple[str, str, str, str]] = [
    ("coordinator1", "Dana Reyes", RECRUITING, Role.COORDINATOR),
    ("coordinator2", "Miriam Adeyemi", RECRUITING, Role.COORDINATOR),
    ("screener1", "Tomás Villareal", RECRUITING, Role.SCREENER),
    ("screener2", "Ruth Kowalski", RECRUITING, Role.SCREENER),
    ("screener3", "Amina Warsame", RECRUITING, Role.SCREENER),
    ("screener4", "Peter Lindqvist", RECRUITING, Role.SCREENER),
    ("steward1", "Grace Takahashi", RECRUITING, Role.STEWARD),
    ("access1", "Noor Haddad", RECRUITING, Role.ACCESS),
    ("coordinator3", "Elena Brightwater", RUNNING, Role.COORDINATOR),
    ("facilitator1", "Luis Ortega", RUNNING, Role.FACILITATOR),
    ("facilitator2", "Claire Whitehorse", RUNNING, Role.FACILITATOR),
]

# (full name, organization) of the fourteen in the running cohort
PARTICIPANTS: list[tuple[str, str]] = [
    ("Joanna Sparrow", "Salish Shore Community Health"),
    ("Marcus Bell", "Harbor Light Housing"),
    ("Thuy Nguyen", "Snohomish Valley Pediatrics"),
    ("Ana Lucía Morales", "Skagit Farmworker Clinic"),
    ("Rebecca Stone", "Whatcom Public Health"),
    ("Delbert James", "Cedar River Tribal Wellness"),
    ("Svetlana Petrenko", "New Start Family Services"),
    ("Hassan Omar", "Lynnwood Neighborhood Center"),
    ("Kathleen O’Rourke", "Island Hospital Partners"),
    ("Jun Park", "Everett Youth Alliance"),
    ("Priscilla Kauhane", "San Juan Care Network"),
    ("David Schultz", "Northsound Behavioral Health"),
    ("Imani Brooks", "Birth Circle Collective"),
    ("Robert Callahan", "Camano Fire and Rescue"),
]


def load(stage: demo.Stage) -> None:
    """Make the people. The stage already holds the two cohorts."""
    password = make_password(demo.PASSWORD)
    rows = list(STAFF)
    rows += [(f"participant{n}", name, RUNNING, Role.PARTICIPANT) for n, (name, _) in enumerate(PARTICIPANTS, 1)]
    users = User.objects.bulk_create(
        [
            User(
                email=f"{key}@demo.example",
                name=name,
                preferred_name=name.split()[0],
                password=password,
                date_joined=stage.now - timedelta(days=120),
            )
            for key, name, _, _ in rows
        ]
    )
    stage.people.update({key: user for (key, *_), user in zip(rows, users, strict=True)})
    remember_addresses(users)
    cohorts = {RECRUITING: stage.recruiting, RUNNING: stage.running}
    Membership.objects.bulk_create(
        [
            Membership(cohort=cohorts[slug], user=user, role=role, joined_at=stage.now - timedelta(days=110))
            for (_, _, slug, role), user in zip(rows, users, strict=True)
        ]
    )
    for _, name in PARTICIPANTS:
        stage.organizations.append(Organization.objects.create(name=name))


def remember_addresses(users: list[User]) -> None:
    """Tell the sign-in that these addresses are confirmed."""
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users]
    )


def make_stage(now: object) -> demo.Stage:
    """The two cohorts, hung on the moment of loading, and the seeded chance that all loaders share."""
    import random
    from datetime import datetime

    assert isinstance(now, datetime)
    common = {
        "region": "nw_washington",
        "place": "Northwest Washington",
        "issue": "health equity",
        "outcomes": OUTCOMES,
        "time_zone": "America/Los_Angeles",
        "contact_name": "Dana Reyes",
        "contact_email": "hello@cohort.example",
        "contact_phone": "360-555-0142",
        "seats": 15,
        "hours_per_month": 9,
        "domain": "Fair and just organizations, led from where you stand.",
        "practice": "Imagine what could be, try it at work, look at what happened, and try again.",
    }
    today = now.date()
    running = Cohort.objects.create(
        slug=RUNNING,
        name="Equity in Leadership, first cohort",
        number=1,
        state=Cohort.State.RUNNING,
        community="Fourteen leaders from across five counties who can change a rule, a budget or a team.",
        starts_on=today - timedelta(days=100),
        ends_on=today + timedelta(days=200),
        **common,
    )
    recruiting = Cohort.objects.create(
        slug=RECRUITING,
        name="Equity in Leadership, second cohort",
        number=2,
        state=Cohort.State.RECRUITING,
        community="Up to fifteen leaders of health and human-service organizations in Northwest Washington who can "
        "change a rule, a budget or a team, or who supervise those who put change into practice.",
        starts_on=today + timedelta(days=75),
        ends_on=today + timedelta(days=375),
        **common,
    )
    return demo.Stage(now=now, random=random.Random("cohort demo"), recruiting=recruiting, running=running)


def register() -> None:
    demo.register(0, "people", load)
