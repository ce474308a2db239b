"""Words for what happened to an application or a call: every look, score, decision and release, in plain language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from applications.common.review_labels import ALL_REASONS
from applications.models import Decision
from cohort.people.models import HistoryEntry

#: Pages whose opening is written down (actions.looking).
PAGES: dict[str, Promise] = {
    # about one application
    "decision": _("scores, comments and decisions"),
    "readers": _("its readers, and the words that readers see"),
    "ask": _("the page to ask the applicant for more"),
    "letter": _("the letter"),
    "replace": _("the place that opened, and who could take it"),
    "example": _("the application as a shared example"),
    "history": _("this history"),
    # about a call
    "decisions": _("the list of decisions with scores"),
    "applications": _("the list of applications with names"),
    "reading": _("who reads what, and how far readers are"),
    "calibration": _("the shared examples and how far readers are apart"),
    "draft": _("the page to draft from a proposal"),
    "releases": _("the letters that would go out"),
    "offers": _("the list of offers"),
    "board": _("the representation board"),
    "compare": _("two proposals beside each other"),
    "missing": _("who is still missing"),
    "rules": _("limits, pins, and who is kept apart"),
    "pool": _("the pool in numbers"),
    "exports": _("the page of exports"),
    "organizations": _("the list of organizations"),
    "totals": _("the page of identity totals"),
    # about a proposal, or a release
    "proposal": _("proposal %(number)s and its reasons"),
    "why": _("why somebody is in proposal %(number)s or not"),
    "change": _("what a change to proposal %(number)s would do"),
    "release": _("release %(number)s and its letters"),
}

#: Where one detail, yes or no, makes two different sentences.
EITHER = {
    "application.redacted": "removed",
    "application.pinned": "inside",
    "application.unpinned": "inside",
    "recusal.settled": "may_read",
    "call.comments_shared": "on",
}

#: What was done. Names in brackets are details that :func:`_details` puts into words.
VERBS: dict[str, Promise] = {
    "application.started": _("Started the application"),
    "application.changed": _("Changed the application"),
    "application.submitted": _("Sent the application"),
    "application.withdrawn": _("Withdrew the application"),
    "application.erased": _("Deleted what was withdrawn"),
    "application.private_deleted": _("Deleted private answers"),
    "application.reminders": _("Chose whether to be reminded"),
    "application.link_mailed": _("Had a link to go on sent"),
    "application.new_questions_answered": _("Answered new questions"),
    "application.eligibility_settled": _("Settled whether the application is eligible"),
    "application.redacted.no": _("Changed words that readers see"),
    "application.redacted.yes": _("Let readers see an answer as it was written"),
    "application.pinned.yes": _("Kept it in the next proposals"),
    "application.pinned.no": _("Kept it out of the next proposals"),
    "application.unpinned.yes": _("No longer keeps it in the proposals"),
    "application.unpinned.no": _("No longer keeps it out of the proposals"),
    "application.readers_disagree": _("Readers are far apart, so one more is asked where somebody is free"),
    "review.assigned": _("Gave it to a reader"),
    "review.opened": _("Opened it at the screening desk"),
    "review.started": _("Started to score"),
    "review.submitted": _("Sent scores"),
    "review.taken_back": _("Took scores back to change them"),
    "review.removed": _("Took it off a reader’s list"),
    "review.restored": _("Put it back on a reader’s list"),
    "recusal.declared": _("Named a tie"),
    "recusal.settled.yes": _("Settled a tie: may read"),
    "recusal.settled.no": _("Settled a tie: stays away"),
    "inquiry.asked": _("Asked the applicant for more"),
    "inquiry.answered": _("Answered what was asked"),
    "inquiry.taken_back": _("Took a question back"),
    "employer.asked": _("Asked the employer to confirm"),
    "employer.answered": _("The employer confirmed"),
    "employer.declined": _("The employer did not want to answer"),
    "employer.lapsed": _("The employer did not answer in time"),
    "decision.made": _("Drafted a decision: %(value)s. %(reason)s"),
    "offer.open": _("Opened the offer again"),
    "offer.accepted": _("Accepted the place"),
    "offer.declined": _("Declined the place"),
    "offer.lapsed": _("The time to answer the offer ran out"),
    "offer.withdrawn": _("Took the offer back"),
    "offer.given_back": _("Put the offer back, because the release was called back"),
    "offer.extended": _("Gave more days to answer the offer"),
    "release.proposed": _("Put together release %(number)s"),
    "release.approved": _("Approved release %(number)s"),
    "release.cancelled": _("Called release %(number)s back"),
    "release.sent": _("Letters of release %(number)s went out"),
    "proposal.asked": _("Asked for proposal %(number)s"),
    "proposal.ready": _("Proposal %(number)s was ready"),
    "proposal.ended": _("Proposal %(number)s ended without a group"),
    "proposal.cancelled": _("Stopped proposal %(number)s"),
    "proposal.noted": _("Wrote a note on proposal %(number)s"),
    "proposal.question": _("Asked why about a proposal"),
    "proposal.kept": _("Kept another group as proposal %(number)s"),
    "proposal.comment": _("Commented on proposal %(number)s"),
    "proposal.comment_edited": _("Changed a comment"),
    "proposal.comment_removed": _("Took a comment back"),
    "calibration.started": _("Started the shared examples"),
    "calibration.example_added": _("Added a real application to the shared examples"),
    "calibration.running": _("Opened the shared examples again"),
    "calibration.over": _("Ended the shared examples and opened the lists"),
    "identity_totals.viewed": _("Took identity totals"),
    "decisions.exported": _("Took out the decision record"),
    "call.exported": _("Took out the export “%(purpose)s”"),
    "call.policy_exported": _("Took out the record of policies"),
    "call.created": _("Made the call"),
    "call.frozen": _("Fixed the form and the scoring guide"),
    "call.form_published": _("Published a new version of the form"),
    "call.draft": _("Made the call a draft again"),
    "call.open": _("Opened the call"),
    "call.closed": _("Closed the call"),
    "call.decided": _("Everybody was told"),
    "call.archived": _("Put the call away"),
    "call.extended": _("Gave more time to apply"),
    "call.page_changed": _("Changed the page of the call"),
    "call.letter_changed": _("Changed a letter"),
    "call.readers_assigned": _("Shared applications out to readers"),
    "call.drafted_from_proposal": _("Drafted decisions from a proposal"),
    "call.drafts_reminded": _("Reminded people with a draft"),
    "call.comments_shared.yes": _("Let applicants read what readers wrote to them"),
    "call.comments_shared.no": _("Kept readers’ words from applicants"),
    "call.targets_preset": _("Took the ranges of the region"),
    "call.target_saved": _("Saved a target"),
    "call.target_removed": _("Removed a target"),
    "call.rules_saved": _("Saved the limits"),
    "call.kept_apart": _("Kept two applications apart"),
    "call.let_together": _("No longer keeps two applications apart"),
    "call.policies_set": _("Took the suggested policies"),
    "call.policy_changed": _("Changed what a factor may be used for"),
    "call.rule_asked": _("Asked for a change of a rule"),
    "call.rule_in_force": _("Put a change of a rule in force"),
    "call.rule_refused": _("Did not agree to a change of a rule"),
    "call.rule_taken_back": _("Took a change of a rule back"),
    "call.organizations_merged": _("Merged two organizations"),
    "call.organizations_differ": _("Said that two organizations differ"),
    "call.organizations_undone": _("Took back what was said about two organizations"),
    "retention.run": _("Deleted what is no longer kept"),
    "retention.deleted": _("Deleted what is no longer kept"),
    "retention.held": _("Held deletions"),
    "retention.hold_lifted": _("Let deletions go on"),
}
FORM = _("Worked on the form")
LOOKS = ("review.opened", "identity_totals.viewed")  # looks that have a verb of their own, beside “….seen”


def said(entry: HistoryEntry) -> str:
    """One entry in words; its bare verb where nothing better is known, so that nothing is ever left out."""
    if entry.verb.endswith(".seen"):
        page = str(PAGES.get(entry.details.get("page", ""), entry.verb))
        return _now("Looked at %(page)s") % {"page": page % _details(entry.details)}
    if entry.verb.startswith("form."):
        return str(FORM)
    words = VERBS.get(key_of(entry.verb, entry.details))
    return str(words) % _details(entry.details) if words is not None else entry.verb


def key_of(verb: str, details: Mapping[str, Any]) -> str:
    """Which sentence of :data:`VERBS` an entry is told with."""
    return f"{verb}.{'yes' if details.get(EITHER[verb]) else 'no'}" if verb in EITHER else verb


class _Words(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def _details(details: Mapping[str, Any]) -> _Words:
    """Codes among the details in words."""
    found = _Words({key: str(value) for key, value in details.items() if isinstance(value, str | int)})
    if "value" in found and found["value"] in Decision.Value.values:
        found["value"] = str(Decision.Value(found["value"]).label)
    if "reason" in found:
        found["reason"] = str(ALL_REASONS.get(found["reason"], found["reason"]))
    return found
