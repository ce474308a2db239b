"""What United States law says about choosing people by who they are, in plain words, with sources.

Prepared in November 2026 from public sources; not legal advice. ``sure`` is False where the statement rests on general
knowledge and was not read again in a source: check those first. The facts, with their sources: docs/facts.md, 4.1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ALL = frozenset({"us_federal_funds", "ca_public_agency", "wa_public_agency", "counsel_approved"})
WASHINGTON, CALIFORNIA = frozenset({"wa_public_agency"}), frozenset({"ca_public_agency"})


@dataclass(frozen=True)
class LegalRule:
    """One rule: what it is, what it means for a call, where to read on, and whom it is about."""

    id: str
    title: str | Promise
    words: str | Promise
    source: str
    profiles: frozenset[str] = ALL
    sure: bool = True


RULES: tuple[LegalRule, ...] = (
    LegalRule(
        "title-vi",
        _("Title VI of the Civil Rights Act, 1964"),
        _(
            "A program with federal money, also when it comes through a state, may not treat people "
            "differently by race, "
            "color or national origin. Since the Supreme Court’s decision on Harvard in 2023, using "
            "race to choose people "
            "almost never passes."
        ),
        "42 USC 2000d; SFFA v. Harvard (2023); Davis Wright Tremaine, August 2023, on what it means for nonprofits",
    ),
    LegalRule(
        "doj-memo",
        _("A memo of the Department of Justice, July 29, 2025"),
        _(
            "It binds nobody by itself, but it tells how grants may be looked at. It warns of "
            "preferring groups, of rules "
            "that look neutral and are meant to favor a group (it names “lived experience”, “cultural competence” and "
            "places), and of lists that must be diverse. A false promise about this in a grant can be punished."
        ),
        "Summaries by Paul Hastings, Morgan Lewis and the American Hospital Association, July and August 2025. Read "
        "the memo itself.",
    ),
    LegalRule(
        "doj-rule",
        _("Change of the Title VI rules, December 10, 2025"),
        _(
            "The Justice Department’s own rules now reach only differences made on purpose. Other "
            "agencies were told to "
            "follow. Choosing by race on purpose is as unlawful as before."
        ),
        "90 FR 57141",
    ),
    LegalRule(
        "section-1981",
        _("Section 1981: contracts"),
        _(
            "Nobody, public or private, may refuse a contract because of race. A court of appeals "
            "found in June 2024 that "
            "a grant contest open to one group only was likely unlawful, because entering was a "
            "contract. That binds in "
            "Alabama, Florida and Georgia; elsewhere it is open. Programs that were sued mostly opened to everyone."
        ),
        "42 USC 1981; Fearless Fund, 11th Circuit, June 2024 (Pillsbury; Patterson Belknap); Perkins Coie, 2023 "
        "(Jurist)",
    ),
    LegalRule(
        "i-200",
        _("Washington: RCW 49.60.400 (Initiative 200)"),
        _(
            "State and local government may not treat people differently, or prefer them, by race, "
            "sex, color, ethnicity "
            "or national origin in public jobs, education and contracts. The Attorney General read it "
            "in 2017: outreach "
            "and goals stay open; a less qualified person may not be taken over a more qualified one."
        ),
        "RCW 49.60.400; AGO 2017 No. 2",
        WASHINGTON,
    ),
    LegalRule(
        "public-records",
        _("Washington: Public Records Act, RCW 42.56"),
        _(
            "What an agency writes, uses or keeps can be asked for, reasons and scores included. An application to a "
            "community of practice is not one for a public job, so do not promise that it stays secret."
        ),
        "RCW 42.56.010 and 42.56.250",
        WASHINGTON,
    ),
    LegalRule(
        "prop-209",
        _("California: article I, section 31 (Proposition 209)"),
        _(
            "The same fields as in Washington. A court also struck down outreach that gave some groups "
            "better information "
            "than others. Wide, open outreach is fine."
        ),
        "Hi-Voltage v. San Jose (2000), 24 Cal. 4th 537",
        CALIFORNIA,
    ),
    LegalRule(
        "tribes",
        _("Tribal Nations"),
        _(
            "To ask whether somebody speaks for a Tribal government or program is about a government, "
            "not about ancestry. "
            "A law that turns on membership in a recognized Tribe has been read as political, not "
            "racial, since 1974; its "
            "edges are argued about in 2025 and 2026. So prefer the question about the organization."
        ),
        "Morton v. Mancari (1974)",
    ),
    LegalRule(
        "others",
        _("Sex, age, disability and more"),
        _(
            "Title IX, the Age Discrimination Act, the Americans with Disabilities Act, section 504, "
            "and state laws such "
            "as the Washington Law Against Discrimination and California’s Unruh Act: do not choose by these traits "
            "without advice."
        ),
        "RCW 49.60 and the acts named",
        sure=False,
    ),
    LegalRule(
        "essays",
        _("What people write about their lives"),
        _(
            "The Supreme Court left room to look at what a person says about how something shaped "
            "them, when it is tied to "
            "what they can do. It warned against using such essays as a way around the rule. So "
            "readers score what people "
            "have done, and the private list of experiences stays out of choosing."
        ),
        "SFFA v. Harvard (2023)",
    ),
    LegalRule(
        "languages",
        _("Languages"),
        _(
            "A federal order on languages was withdrawn in March 2025; Title VI and state law still "
            "stand. Language can "
            "stand in for national origin, so it is for outreach and service, not for choosing."
        ),
        "EO 14224; Harvard EELP tracker",
    ),
)

#: What each identity factor runs into, in a sentence for its own page.
FACTOR_WORDS: dict[str, str | Promise] = {
    "race_ethnicity": _("Choosing people by race, color or national origin is unlawful in most settings."),
    "tribal_affiliation_personal": _(
        "A personal tie is close to ancestry, and only a Nation decides who its citizens are. To hold seats for Tribal "
        "governments and Native-led organizations, use the question about the organization."
    ),
    "gender": _("Choosing by sex or gender is barred in education programs with federal money and by state laws."),
    "sexual_orientation": _(
        "This question ships switched off. Ask only when you know what you will do with the totals."
    ),
    "disability": _("Do not choose by it. Ask everyone what would help them take part, and arrange that."),
    "age": _("Do not choose by age without advice."),
    "language": _("Language can stand in for national origin. It is for outreach and service."),
    "veteran": _("It helps to see whether the call reaches people who served. It is not used to choose."),
    "lived_experience_checklist": _(
        "The Justice Department’s memo names “lived experience” as a possible stand-in for race. What people write in "
        "their own words is read for what they have done; this private list stays out."
    ),
}
FACTOR_RULES: dict[str, tuple[str, ...]] = {
    "race_ethnicity": ("title-vi", "section-1981", "i-200", "prop-209"),
    "tribal_affiliation_personal": ("tribes", "title-vi"),
    "gender": ("others", "i-200", "prop-209"),
    "sexual_orientation": ("others",),
    "disability": ("others",),
    "age": ("others",),
    "language": ("languages", "title-vi"),
    "veteran": ("others",),
    "lived_experience_checklist": ("doj-memo", "essays"),
}


def rules(profile: str = "", only: Iterable[str] = ()) -> list[LegalRule]:
    """The rules that matter under ``profile`` (all without one), or those named in ``only``, in order."""
    wanted = set(only)
    return [
        rule
        for rule in RULES
        if (not profile or profile in rule.profiles or profile == "counsel_approved")
        and (not wanted or rule.id in wanted)
    ]
