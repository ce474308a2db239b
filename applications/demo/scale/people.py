"""Invented people and organizations in any number, and what they write. Any likeness is chance.

The same seed and place give the same person, whatever the number of others.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from applications.demo import answers as demo_answers
from applications.demo import people as demo_people
from applications.form_definition.definition import Form
from applications.models import Application

DOMAIN = "scale.example"  # reserved: no letter can ever arrive there
MARK = "5ca1e0"  # every id made here begins so
OPENS = dt.datetime(2026, 9, 1, 16, 0, tzinfo=dt.UTC)
CLOSES = dt.datetime(2026, 10, 16, 0, 0, tzinfo=dt.UTC)
OPEN_FOR = int((CLOSES - OPENS).total_seconds())
KINDS = (
    "cohort",
    "call",
    "form",
    "rubric",
    "organization",
    "user",
    "application",
    "confirmation",
    "review",
    "decision",
    "release",
    "membership",
    "profile",
)


def _names(text: str, between: str | None = None) -> list[str]:
    return (text.replace("\n", "") if between else text).split(between)


def lot(seed: int, what: str, place: int) -> random.Random:
    """The lots drawn for one thing."""
    return random.Random(f"scale:{seed}:{what}:{place}")


FIRST = _names("""
Ada Adan Adela Aisha Alba Alma Amara Ana Anders Anh Asha Astrid Bao Beatriz Ben Bonnie Bruno Camila Carl
Celia Chau Clara Cruz Dalia Dana Darius Desta Dolores Edith Elan Elena Elias Emeka Enid Esme Ezra Farah Fern Fiona
Gita Gloria Grace Hana Hassan Hazel Hugo Ida Imani Ines Isaac Ivan Jamal Jin Joan Joel Jorge Josefa Kaleo Karim Kaya
Keiko Kofi Lara Lena Leo Lior Lucia Luz Maia Malik Marta Mei Mina Miriam Nadia Nils Noor Omar Opal Otis Paloma Paz
Petra Quinn Rafael Ravi Rosa Ruth Sadie Salma Sara Selam Simon Sofia Soren Tala Tam Teresa Thuy Uma Vera Viktor
Wanda Winona Xavier Yara Yusuf Zahra Zoe""")
LAST = _names("""
Abebe Acosta Adler Aguilar Ahmed Alvarez Amadi Andersen Baker Baptiste Barrios Becker Begay Bennett Berg
Boateng Brandt Calderón Campos Carlson Castañeda Chan Charles Chavez Cho Clark Colón Costa Cruz Dahl Das Delgado Diaz
Doyle Duran Edenshaw Eze Farouk Fernandes Fisher Flores Ford Fuentes García George Gill Gómez Grant Gutiérrez Haddad
Hall Hansen Haq Herrera Hill Holm Hughes Ibarra Ito Jackson James Jensen Jiménez Joe Jones Juárez Kahale Kaur Keita
Kelly Khan Kim Kovač Kumar Lam Larsen Le Lee Lewis Lindgren Lopez Luna Lund Mahamud Malik Martin Mendoza Meyer Miller
Mohr Molina Moore Morris Muñoz Nakai Nash Navarro Nelson Nguyen Nilsen Novak Núñez Nwosu Obi Ochoa Okafor Olsen Ortiz
Osei Owens Pak Park Patel Peña Peters Petrov Pham Phillips Quispe Ramírez Rao Reed Reyes Rivera Rojas Romero Ross
Ruiz Saeed Salazar Santos Sato Schmidt Shah Silva Singh Soto Stone Suárez Sun Tadesse Takeda Tesfaye Thomas Torres
Tran Turner Uribe Vance Vargas Vega Villa Vu Wade Walker Wang Ward Webb Wells White Williams Wong Wu Yang Yazzie Young
Zamora Zhang""")
PLACES = _names(
    """
Alder Creek|Antler Bay|Aspen Hollow|Badger Flats|Bay View|Bear Ridge|Birch Landing|Blue Heron|Bluff Point|
Camas Prairie|Cedar Falls|Chuckanut|Clear Lake|Cobble Beach|Cougar Hill|Cypress|Deception|Deer Harbor|Dogwood|Douglas|
Eagle Bend|East Fork|Elk Run|Fern Gully|Fidalgo|Fir Grove|Fox Hollow|Garden|Glacier|Granite|Grouse|Hat Slough|Hemlock|
Heron|High Bridge|Huckleberry|Juniper|Kelp Point|Lakeshore|Larch|Lone Pine|Lummi Bay|Madrona|Maple|Marsh|Meadow|Mill|
Mountain View|North Fork|Oak|Old Mill|Orchard|Osprey|Otter|Pebble|Pioneer|Port|Quarry|Rainier|Red Barn|Ridge|River Bend|
Robin|Rosario|Salal|Salmon|Sandhill|Saratoga|Seaside|Sky|Snow Goose|South Fork|Spruce|Stillwater|Summit|Sunrise|Swan|
Tamarack|Teal|Thistle|Tide|Trillium|Trout|Tulip|Two Rivers|Valley|Vine|Wapato|West Shore|Willow|Yarrow""",
    "|",
)
NOUNS = {
    "fqhc": "Community Health Center",
    "cbo_social": "Family Services",
    "bh_provider": "Recovery Center",
    "housing": "Housing Alliance",
    "hospital": "Regional Hospital",
    "early_k12": "School Health Partners",
    "grassroots": "Neighbors Together",
    "food": "Food Bank",
    "aging_ltss": "Aging Partners",
    "ems_fire": "Fire and Care",
    "physical_prov": "Clinic",
    "local_gov": "County Human Services",
    "justice": "Reentry Project",
    "payer": "Health Plan Community Team",
    "workforce": "Work Source",
    "faith": "Interfaith Shelter",
    "tribal_gov": "Tribal Health Program",
    "urban_native": "Native Wellness",
    "public_health": "Public Health Office",
    "transport": "Rides Together",
    "higher_ed": "College Nursing School",
}


@dataclass(frozen=True)
class InventedOrganization:
    """An organization. Kind, size, county, kind of place and areas of work are codes of the form."""

    id: UUID
    name: str
    kind: str
    size: str
    county: str
    community: str
    areas: tuple[str, ...]
    native: str


@dataclass
class One:
    """One invented applicant: who, in which state, and what they answered, by question."""

    place: int
    chance: random.Random
    user_id: UUID
    application_id: UUID
    name: str
    preferred: str
    state: str
    created: dt.datetime
    sent: dt.datetime | None
    organization: InventedOrganization
    values: dict[str, Any] = field(default_factory=dict)
    sections: list[str] = field(default_factory=list)

    @property
    def email(self) -> str:
        return f"a{self.place:06d}@{DOMAIN}"


def key(seed: int, kind: str, place: int) -> UUID:
    """The id of one thing: the same for the same seed, kind and place; :data:`MARK` says that it was made here."""
    rest = hashlib.blake2b(f"{seed}:{kind}:{place}".encode(), digest_size=12).hexdigest()
    return UUID(hex=f"{MARK}{KINDS.index(kind):02x}{rest}")


def organization(seed: int, place: int) -> InventedOrganization:
    """The organization at one place of the list. Its number keeps its name from ever being a real one's."""
    chance = lot(seed, "organization", place)
    _name, kind, size, county, community, areas, native = chance.choice(demo_people.ORGANIZATIONS)
    name = f"{chance.choice(PLACES)} {NOUNS[kind]} No. {place + 1}"
    return InventedOrganization(key(seed, "organization", place), name, kind, size, county, community, areas, native)


def person(seed: int, place: int, organizations: list[InventedOrganization], form: Form) -> One:
    """The applicant at one place of the list, with all that they wrote; a draft stops half way, and who withdrew left
    nothing behind."""
    chance = lot(seed, "person", place)
    drawn = chance.random()
    states = Application.State
    state = states.SUBMITTED if drawn < 0.87 else states.DRAFT if drawn < 0.96 else states.WITHDRAWN
    created = OPENS + dt.timedelta(seconds=chance.randrange(OPEN_FOR - 7200))
    wrote = dt.timedelta(seconds=chance.randrange(3600, max(int((CLOSES - created).total_seconds()), 3601)))
    first, last = chance.choice(FIRST), chance.choice(LAST)
    one = One(
        place,
        chance,
        key(seed, "user", place),
        key(seed, "application", place),
        f"{first} {last}" if chance.random() < 0.9 else f"{first} {last}-{chance.choice(LAST)}",
        first if chance.random() < 0.3 else "",
        str(state.value),
        created,
        None if state == states.DRAFT else created + wrote,
        chance.choice(organizations),
    )
    if state != states.WITHDRAWN:
        _say(one, form)
    return one


def _say(one: One, form: Form) -> None:
    values = {**_about(one, form), **_reflection(one), **_support(one), **_private(one)}
    parts = [part.id for part in form.parts]
    one.sections = parts[: one.chance.randrange(1, 7)] if one.state == Application.State.DRAFT else parts
    kept = set(one.sections)
    one.values = {
        name: value
        for name, value in values.items()
        if (question := form.questions.get(name)) is not None and question.section in kept
    }


def _in_order(form: Form, question: str, codes: set[str]) -> list[str]:
    found = form.questions.get(question)
    return [option.code for option in found.options if option.code in codes] if found else []


def _about(one: One, form: Form) -> dict[str, Any]:
    chance, place = one.chance, one.organization
    drawn = chance.random()
    counties = {place.county} | ({chance.choice(["snohomish", "skagit", "whatcom"])} if drawn < 0.3 else set())
    values = {
        "notice_ack": True,
        "elig_org": "unsure" if drawn < 0.04 else "yes",
        "elig_dates": "no" if drawn > 0.985 else "most" if drawn > 0.88 else "yes",
        "elig_authority": _in_order(
            form,
            "elig_authority",
            set(
                chance.sample(["decide", "recommend", "supervise", "program", "governing"], chance.choice([1, 2, 2, 3]))
            ),
        ),
        "full_name": one.name,
        "email": one.email,
        "contact_language": chance.choice(["en"] * 11 + ["es"]),
        "heard_from": _in_order(
            form,
            "heard_from",
            set(chance.sample([option.code for option in form.questions["heard_from"].options if not option.text], 2)),
        )
        if "heard_from" in form.questions
        else None,
        "org_name": place.name,
        "job_title": chance.choice(demo_people.TITLES),
        "org_type": place.kind,
        "sector_roles": _in_order(form, "sector_roles", set(place.areas)),
        "org_size": place.size,
        "counties_served": _in_order(form, "counties_served", counties),
        "primary_subarea": place.county,
        "community_type": place.community,
        "represents_tribe": place.native,
        "colleague_applying": chance.choice(["no", "no", "dk", "yes"]),
    }
    if one.preferred:
        values["preferred_name"] = one.preferred
    if chance.random() < 0.5:
        values["pronouns"] = chance.choice(["she/her", "he/him", "they/them", "ella", "she/they"])
    if chance.random() < 0.6:
        values["phone"] = f"{chance.choice(['360', '425'])}-555-{chance.randrange(100, 199):04d}"
    if place.native == "nation":
        values["represents_tribe_name"] = {"whatcom": "lummi", "skagit": "swinomish"}.get(place.county, "tulalip")
    return {name: value for name, value in values.items() if value is not None}


def _reflection(one: One) -> dict[str, Any]:
    chance = one.chance
    suited = [
        theme for theme, (fits, _parts) in demo_answers.CHANGES.items() if set(fits) & set(one.organization.areas)
    ]
    theme = chance.choice(suited or ["hiring"])
    pieces = " ".join(chance.choice(pair) for pair in demo_answers.CHANGES[theme][1])

    def joined(*choices: list[str]) -> str:
        return " ".join(chance.choice(found) for found in choices)

    values = {
        "q_change": chance.choice(demo_answers.OPENINGS) + pieces,
        "q_authority": joined(demo_answers.DECIDE, demo_answers.AGREEMENT, demo_answers.EXAMPLE),
        "q_learning": joined(demo_answers.LEARNING, demo_answers.NEXT, demo_answers.NOW),
        "q_peers": joined(demo_answers.BRING, demo_answers.HOPE),
        "q_community": joined(demo_answers.INVOLVED, demo_answers.STRENGTHEN),
    }
    if chance.random() < 0.3:
        values["q_anything"] = chance.choice(demo_answers.ANYTHING)
    return values


def _support(one: One) -> dict[str, Any]:
    chance = one.chance
    support = chance.choice(
        [["time", "cover"], ["time"], ["time", "travel", "sponsor"], ["need_help"], ["time", "sponsor"], ["self"]]
    )
    confirmer: dict[str, str] = {
        "confirmer_name": f"{chance.choice(FIRST)} {chance.choice(LAST)}",
        "confirmer_role": "Director",
        "confirmer_email": f"director{one.place:06d}@{DOMAIN}",
    }
    if support in (["self"], ["need_help"]):
        confirmer = {"confirmer_alt": "self_confirm" if support == ["self"] else "talk_first"}
    return {
        "q_support_have": support,
        "employer_confirmer": confirmer,
        "commit_attend": True,
        "commit_agreements": True,
        "commit_practice": True,
        "prior_part": chance.choice(["no"] * 11 + ["applied"]),
    }


def _private(one: One) -> dict[str, Any]:
    """Identity and access answers. One in eight skips identity, others leave some of it."""
    chance, found = one.chance, dict[str, Any]()
    if chance.random() < 0.3:
        helps = ["captions", "materials", "remote", "childcare", "travel", "food"]
        wished = set(chance.sample(helps, 2))
        found |= {"access_tools": [code for code in helps if code in wished], "access_now": "no"}
        if chance.random() < 0.2:
            found["access_text"] = chance.choice(demo_answers.ACCESS)
    if chance.random() < 0.875:
        native = one.organization.native != "no"
        found |= {
            "race_ethnicity": ["aian"]
            if native
            else [
                chance.choice(
                    ["white"] * 9 + ["hisp"] * 4 + ["asian"] * 3 + ["black"] * 3 + ["mena", "nhpi", "prefer_not"]
                )
            ],
            "tribal_affiliation": [chance.choice(["citizen", "descendant", "community"]) if native else "none"],
            "gender": [chance.choice(["woman"] * 13 + ["man"] * 6 + ["nonbinary", "prefer_not"])],
            "disability": chance.choice(["no"] * 7 + ["yes"] * 3 + ["unsure", "prefer_not"]),
            "age_band": chance.choice(["a25", "a35", "a35", "a35", "a45", "a45", "a55", "a65"]),
            "veteran": chance.choice(["no"] * 8 + ["yes", "family", "prefer_not"]),
        }
    sure = chance.random
    return {
        **found,
        "consent_process": True,
        "consent_demographics": "gender" in found and sure() < 0.9,
        "consent_access": "access_tools" in found,
        "consent_future": sure() < 0.5,
        "consent_evaluation": sure() < 0.4,
        "consent_public_name": sure() < 0.3,
    }
