"""Words for codes of reading and deciding. Codes are those of the facts; words are in plain language."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: Kinds of tie (rubric.yaml, conflict_of_interest.types), in the order in which people are asked.
TIE_WORDS: dict[str, Promise] = {
    "same_org": _("Same employer or board, now or in the last 2 years"),
    "family": _("Family, household or partner"),
    "reports_to": _("Supervisor, direct report, coach or therapist"),
    "financial": _("Money tie, contract or grant, now or in the last 2 years"),
    "reference": _("I confirmed or recommended this person"),
    "dispute": _("A dispute or complaint"),
    "self": _("This is my own application"),
    "acquaintance": _("I know them in another way"),
}

#: Why readers disagree (scoring.disagreement).
DISAGREEMENT_WORDS: dict[str, Promise] = {
    "two_criteria": _("two or more criteria are 2 levels apart"),
    "one_criterion": _("one criterion is 3 levels apart"),
    "totals": _("totals are more than 20 points apart"),
}

#: Reasons that a coordinator can choose, by decision. Codes of declines and their public words are in
#: application_form.yaml (decline_reason_codes); a reason is never about who somebody is.
REASONS: dict[str, dict[str, Promise]] = {
    "invite": {
        "IN_PROPOSAL": _("Part of the group that the proposal found"),
        "COMMITTEE_CHOICE": _("Chosen by the committee by the published rule"),
        "PLACE_OPENED": _("A place opened, and they are next by the waiting list rule"),
    },
    "waitlist": {
        "COHORT_FULL_EQUAL_SCORE": _("Equally strong; places ran out; tie settled by the published rule"),
        "SECTOR_OR_PLACE_BALANCE": _("Needed a spread of sectors and places"),
        "ORG_LIMIT": _("Limit of people from one organization"),
        "SCORE_BELOW_LINE": _("Other applications matched the criteria more closely"),
    },
    "decline": {
        "SCORE_BELOW_LINE": _("Other applications matched the criteria more closely"),
        "COHORT_FULL_EQUAL_SCORE": _("Equally strong; places ran out; tie settled by the published rule"),
        "ORG_LIMIT": _("Limit of people from one organization"),
        "SECTOR_OR_PLACE_BALANCE": _("Needed a spread of sectors and places"),
        "COMMITMENT_NOT_POSSIBLE": _("The dates or time needed did not work"),
        "LATE": _("Arrived after the deadline"),
    },
    "not_eligible": {"INELIGIBLE": _("The eligibility rule was not met")},
    "needs_information": {"ASK_APPLICANT": _("Something is missing or unclear; ask the applicant")},
}

ALL_REASONS: dict[str, Promise] = {code: words for group in REASONS.values() for code, words in group.items()}

#: Where a participant's name may stand (WelcomeTask.choice).
LISTING_WORDS: dict[str, Promise] = {
    "listed": _("Full name and organization"),
    "first_name": _("First name only"),
    "not_listed": _("Not listed at all"),
}
