"""The data of calls, applications, reviews, decisions and representation."""

from applications.models.application import (
    AccessNeed,
    Answer,
    AnswerRevision,
    Application,
    Consent,
    EmployerConfirmation,
    IdentityAnswer,
    Missing,
    Visibility,
)
from applications.models.calibration import Calibration, Example, ExampleReading
from applications.models.call import Call, FormVersion, RubricVersion
from applications.models.call_question import CallQuestion
from applications.models.decision import Decision, Offer, Release
from applications.models.form_draft import FormDraft, FormEdit
from applications.models.identity_totals import IdentityTotals
from applications.models.inquiry import Inquiry
from applications.models.legal_hold import LegalHold
from applications.models.onboarding import WelcomeTask
from applications.models.organization_match import OrganizationMatch
from applications.models.page import LetterText, PageItem
from applications.models.partners import Partner, PartnerVisits, Source
from applications.models.representation import (
    Explanation,
    FactorPolicy,
    KeepApart,
    Pin,
    Proposal,
    ProposalComment,
    SelectionRules,
    Target,
)
from applications.models.review import (
    CriterionScore,
    EarlierRedaction,
    ReaderProfile,
    Recusal,
    Redaction,
    Review,
    ReviewRevision,
)
from applications.models.rule_change import RuleChange

__all__ = [
    "AccessNeed",
    "Answer",
    "AnswerRevision",
    "Application",
    "Calibration",
    "Call",
    "CallQuestion",
    "Consent",
    "CriterionScore",
    "Decision",
    "EarlierRedaction",
    "EmployerConfirmation",
    "Example",
    "ExampleReading",
    "Explanation",
    "FactorPolicy",
    "FormDraft",
    "FormEdit",
    "FormVersion",
    "IdentityAnswer",
    "IdentityTotals",
    "Inquiry",
    "KeepApart",
    "LegalHold",
    "LetterText",
    "Missing",
    "Offer",
    "OrganizationMatch",
    "PageItem",
    "Partner",
    "PartnerVisits",
    "Pin",
    "Proposal",
    "ProposalComment",
    "ReaderProfile",
    "Recusal",
    "Redaction",
    "Release",
    "Review",
    "ReviewRevision",
    "RubricVersion",
    "RuleChange",
    "SelectionRules",
    "Source",
    "Target",
    "Visibility",
    "WelcomeTask",
]
