"""Words of the form editor: kinds of questions, what was done, and what would be undone."""

from __future__ import annotations

from django.utils.translation import gettext as _


def kinds() -> dict[str, str]:
    """How a question is answered, by type, in plain words."""
    return {
        "text": _("A short text"),
        "textarea": _("A long text"),
        "email": _("An email address"),
        "tel": _("A phone number"),
        "radio": _("One answer from a list"),
        "checkboxes": _("Several answers from a list"),
        "select_with_text": _("One answer from a long list"),
        "checkbox_single": _("One box to tick"),
        "notice": _("No answer: a note to read"),
        "multi_select_with_text": _("Several answers from a long list"),
        "matrix_checkboxes": _("A grid of boxes to tick"),
        "group": _("A few short fields that belong together"),
        "submit": _("The button that sends"),
    }


def readers() -> dict[str, str]:
    """Who reads an answer, by visibility."""
    return {
        "reviewer": _("People who score, the committee and staff"),
        "selection": _("Staff and the tool that balances the group"),
        "staff": _("Program staff only"),
        "access": _("The access coordinator only"),
        "equity_data": _("Nobody beside a name: totals only"),
    }


def did() -> dict[str, str]:
    """What a change did, by its verb."""
    return {
        "part_added": _("a part was added"),
        "part_changed": _("the words of a part were changed"),
        "part_removed": _("a part was taken out"),
        "part_moved": _("a part was moved"),
        "question_added": _("a question was added"),
        "question_changed": _("a question was changed"),
        "question_removed": _("a question was taken out"),
        "question_moved": _("a question was moved"),
        "question_copied": _("a question was copied"),
        "spanish_changed": _("words in Spanish were changed"),
    }


def texts() -> dict[str, str]:
    """What each kind of text is, beside its words in another language."""
    return {
        "title": _("Title"),
        "help": _("Help"),
        "label": _("Question"),
        "text": _("Words to read"),
        "alternative_formats": _("Other ways to answer"),
        "option": _("Answer"),
        "option_help": _("Help for this answer"),
        "kind_words": _("What we say when it may not fit"),
        "other_ways": _("Other ways"),
    }


def leans_on() -> dict[str, str]:
    """What the program does with an answer, for questions that something else reads by their id."""
    return {
        "notice_ack": _("It records that people read how their information is used."),
        "full_name": _("It gives people who have no name in their account one, and hides it from those who score."),
        "preferred_name": _("It says what to call a person, and is hidden from those who score."),
        "org_name": _("It shows when several people from one organization apply."),
        "employer_confirmer": _("It names the person whom we ask for support."),
        "consent_demographics": _("Without it, no answer about identity may be counted."),
        "consent_choosing": _("Without it, no answer about identity may be used when choosing, whoever approves it."),
        "consent_access": _("Without it, the access coordinator may not see any access needs."),
        "consent_future": _("Without it, no application may be kept for the next cohort."),
        "access_now": _("It is how people ask for help with the application itself."),
        "conflict": _("It is how people tell us that they know somebody who scores."),
    }
