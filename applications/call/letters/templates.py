"""The letters of a call as texts with placeholders: the standard ones, and what coordinators may put into their own.

Outlines: ``application_form.yaml`` (letters). A letter is plain text; an empty line starts a paragraph. Placeholders
are ``{name}`` from a fixed list. Values go in once and are never read again for placeholders; the HTML part escapes
them. A placeholder of a link becomes a button below its paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cohort.questions.text import fill, names_in

Words = str | Promise
SUBJECT_MAX, BODY_MAX = 160, 6000
_BRACES = re.compile(r"\{[^{}\n]{0,80}\}?|\}")
_PLAIN = re.compile(r"\{[a-z][a-z0-9_]{0,59}\}")


@dataclass(frozen=True)
class Paragraph:
    """One paragraph. ``url`` goes below it as a link with the words ``action``."""

    words: str
    url: str = ""
    action: str = ""


@dataclass(frozen=True)
class Letter:
    """``language`` is the one that its words were written in, where that is known and not the reader's."""

    subject: str
    paragraphs: tuple[Paragraph, ...]
    language: str = ""


@dataclass(frozen=True)
class LetterTemplate:
    """Subject and body with placeholders. ``edited`` when coordinators wrote it, in ``language``."""

    subject: str
    body: str
    edited: bool = False
    language: str = ""


@dataclass(frozen=True)
class LetterKind:
    """What is true of one letter.

    ``placeholders``: name to what it stands for; ``links``: name to the words on the button;
    ``needed``: placeholders that the letter cannot go without.
    """

    title: Words
    when: Words
    placeholders: Mapping[str, Words]
    links: Mapping[str, Words] = field(default_factory=dict)
    needed: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.placeholders) | frozenset(self.links)


_COMMON: dict[str, Words] = {
    "name": gettext_lazy("the name that the person wants to be called"),
    "program": gettext_lazy("the name of the cohort"),
    "ref": gettext_lazy("the number of the application"),
    "contact": gettext_lazy("a sentence with the contact person and how to reach them"),
}
_APPLICATION: dict[str, Words] = {"application_link": gettext_lazy("Your application")}
_OFFER: dict[str, Words] = {
    **_COMMON,
    "accept_by": gettext_lazy("the last day and hour to answer"),
    "days": gettext_lazy("how many days there are to answer"),
    "yes_to": gettext_lazy("what a person says yes to: dates, hours, commitments"),
}

KINDS: dict[str, LetterKind] = {
    "received": LetterKind(
        gettext_lazy("We have your application"),
        gettext_lazy("at once, to each person who sends an application"),
        {
            **_COMMON,
            "sent_at": gettext_lazy("when the application arrived"),
            "readers": gettext_lazy("how many people read each application"),
            "told_by": gettext_lazy("“by” and the day when everyone hears"),
            "confirmer": gettext_lazy(
                "whether the person they named has confirmed support; empty when nobody was asked"
            ),
            "deadline": gettext_lazy("when the call closes"),
        },
        {"application_link": gettext_lazy("Open your application")},
        ("ref",),
    ),
    "more_information": LetterKind(
        gettext_lazy("A question about an application"),
        gettext_lazy("when you ask one applicant for more"),
        {**_COMMON, "question": gettext_lazy("what you ask"), "reply_by": gettext_lazy("the last day to reply")},
        {"reply_link": gettext_lazy("Answer the question")},
        ("question", "reply_by"),
    ),
    "invite": LetterKind(
        gettext_lazy("Invitation"),
        gettext_lazy("when you release decisions, to people who are invited"),
        _OFFER,
        {"accept_link": gettext_lazy("Accept or decline")},
        ("accept_by", "accept_link", "contact"),
    ),
    "place_opened": LetterKind(
        gettext_lazy("A place has opened"),
        gettext_lazy("when a place is offered to somebody on the waiting list"),
        _OFFER,
        {"accept_link": gettext_lazy("Accept or decline")},
        ("accept_by", "accept_link", "contact"),
    ),
    "waitlist": LetterKind(
        gettext_lazy("Waiting list"),
        gettext_lazy("when you release decisions, to people on the waiting list"),
        {
            **_COMMON,
            "rule": gettext_lazy("the rule of the waiting list"),
            "told_by": gettext_lazy("“by” and the day of the first session"),
        },
        _APPLICATION,
        ("rule", "contact"),
    ),
    "decline": LetterKind(
        gettext_lazy("No place this time"),
        gettext_lazy("when you release decisions, to people who are not invited"),
        {
            **_COMMON,
            "pool": gettext_lazy("how many applied, for how many places, and how many read this application"),
            "reason": gettext_lazy("the main reason, in the public words of its code"),
            "feedback_until": gettext_lazy("until when a person can ask for a talk"),
            "appeal_contact": gettext_lazy("whom to write to for a check"),
            "appeal_until": gettext_lazy("until when a person can ask for a check"),
            "delete_on": gettext_lazy("when the application is deleted"),
        },
        _APPLICATION,
        ("reason", "feedback_until", "appeal_contact", "appeal_until", "contact"),
    ),
    "not_eligible": LetterKind(
        gettext_lazy("Not eligible"),
        gettext_lazy("when you release decisions, to people whom the program cannot take"),
        {
            **_COMMON,
            "rule": gettext_lazy("whom the program is for"),
            "reason": gettext_lazy("the main reason, in the public words of its code"),
            "reply_by": gettext_lazy("until when a person can say that you misunderstood"),
        },
        _APPLICATION,
        ("reason", "reply_by", "contact"),
    ),
    "deadline_extended": LetterKind(
        gettext_lazy("More time"),
        gettext_lazy("when you extend the call, to all who started or sent an application"),
        {**_COMMON, "new_deadline": gettext_lazy("the new closing day and hour, with its time zone")},
        _APPLICATION,
        ("new_deadline",),
    ),
}


def standard(name: str) -> LetterTemplate:
    """The standard text of a letter in the active language."""
    if name == "received":
        return LetterTemplate(
            _("We have your application to {program}"),
            _joined(
                _("Thank you, {name}. Your application arrived on {sent_at}. Reference: {ref}."),
                _(
                    "What happens next: staff check eligibility. At least {readers} people read each "
                    "application on its own "
                    "merits. The committee meets and decides. You will hear from us {told_by}."
                ),
                "{confirmer}",
                _(
                    "Until {deadline} you can change your answers. You can withdraw, download or delete at any time. "
                    "{application_link}"
                ),
                "{contact}",
            ),
        )
    if name == "more_information":
        return LetterTemplate(
            _("A quick question about your application to {program}"),
            _joined(
                _("Dear {name},"),
                _("We want to be sure that we read your application fairly. Could you tell us about this: {question}"),
                _(
                    "A few sentences are enough. Please reply by {reply_by}. If you need more time or another "
                    "format, say "
                    "so. {reply_link}"
                ),
                "{contact}",
            ),
        )
    if name in ("invite", "place_opened"):
        opened = name == "place_opened"
        return LetterTemplate(
            _("A place has opened for you in {program}") if opened else _("You are invited to join {program}"),
            _joined(
                _("Dear {name},"),
                _("A place has opened, and we are glad to offer it to you: a place in {program}.")
                if opened
                else _("We are glad to offer you a place in {program}."),
                _(
                    "Please accept or decline by {accept_by}. If we do not hear from you, we will call before offering "
                    "the place to someone else. {accept_link}"
                ),
                _("What you say yes to: {yes_to}."),
                _("What we will do: facilitation, materials in advance, and support with access."),
                _("After you accept, tell us your access needs and whether your name may be listed."),
                "{contact}",
            ),
        )
    if name == "waitlist":
        return LetterTemplate(
            _("Your application to {program}: waiting list"),
            _joined(
                _("Dear {name},"),
                _("We could not offer you a place yet; you are on the waiting list."),
                _(
                    "More people were ready for this program than we have places. When a place opens, we choose by the "
                    "rule in our call for applications: {rule}."
                ),
                _("We cannot give you a number in line, because who comes next depends on which place opens."),
                _("We will tell you {told_by} either way. You can leave the list at any time. {application_link}"),
                _("If you said so, we keep your application for the next cohort."),
                "{contact}",
            ),
        )
    if name == "decline":
        return LetterTemplate(
            _("The outcome of your application to {program}"),
            _joined(
                _("Dear {name},"),
                _("Thank you for applying; we are not able to offer you a place this time."),
                "{pool}",
                _(
                    "The main reason we recorded: {reason} You may ask for a short conversation about it until "
                    "{feedback_until}."
                ),
                _(
                    "If you think that a step was missed or a rule was not followed, you can ask for a check "
                    "by writing to "
                    "{appeal_contact} until {appeal_until}. The check looks at the process."
                ),
                _("You can delete your application now, or let us delete it on {delete_on}. {application_link}"),
                "{contact}",
            ),
        )
    if name == "not_eligible":
        return LetterTemplate(
            _("Your application to {program}"),
            _joined(
                _("Dear {name},"),
                _("We cannot offer you a place: from your answers, {program} does not look like a fit right now."),
                _("This program is for people who {rule}. The reason we recorded: {reason}"),
                _("If we misunderstood, reply by {reply_by} and we will look again. {application_link}"),
                "{contact}",
            ),
        )
    if name == "deadline_extended":
        return LetterTemplate(
            _("More time to apply to {program}"),
            _joined(
                _("Dear {name},"),
                _(
                    "The deadline is now {new_deadline}. Nothing that you saved or sent is lost, and you do "
                    "not need to do "
                    "anything. The same new time applies to everyone. {application_link}"
                ),
                "{contact}",
            ),
        )
    raise LookupError(name)


def _joined(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


def paragraphs_of(body: str) -> list[str]:
    """The paragraphs of a body: what stands between empty lines."""
    return [part.strip() for part in re.split(r"\n[ \t]*\n", body.strip()) if part.strip()]


def trouble(kind: LetterKind, subject: str, body: str) -> tuple[list[str], list[str]]:
    """What is wrong with a subject and with a body, in words; two empty lists when the letter can go."""
    about_subject = _unknown(kind, subject)
    about_subject += [
        _("{%(name)s} is a link. It can stand in the letter only.") % {"name": name}
        for name in dict.fromkeys(names_in(subject))
        if name in kind.links
    ]
    about_body = _unknown(kind, body)
    for part in paragraphs_of(body):
        links = [name for name in names_in(part) if name in kind.links]
        if len(links) > 1:
            about_body.append(_("Only one link can stand in a paragraph. Put the second into a paragraph of its own."))
    for name in kind.needed:
        if name not in names_in(body):
            about_body.append(_("This letter cannot go without {%(name)s}.") % {"name": name})
    return about_subject, about_body


def _unknown(kind: LetterKind, text: str) -> list[str]:
    found = []
    for piece in dict.fromkeys(_BRACES.findall(text)):
        if not _PLAIN.fullmatch(piece):
            found.append(
                _("“%(piece)s” is not complete. A placeholder is a name from the list between { and }.")
                % {"piece": piece}
            )
        elif piece[1:-1] not in kind.names:
            found.append(_("%(piece)s is not in the list of this letter. Choose one from the list.") % {"piece": piece})
    return found


def compose(kind: LetterKind, text: LetterTemplate, values: Mapping[str, str], links: Mapping[str, str]) -> Letter:
    """The letter: ``text`` with ``values`` put in, and each link below its paragraph.

    A value that is empty on purpose leaves nothing; a paragraph of which nothing is left goes.
    """
    rows = []
    known = {name: value for name, value in values.items() if value}
    for part in paragraphs_of(text.body):
        link = next((name for name in names_in(part) if name in kind.links), "")
        for name in (*kind.links, *(n for n, value in values.items() if value == "")):
            part = re.sub(rf"[ \t]*\{{{name}\}}", "", part)
        words = fill(part.strip(), known)
        if words or link:
            rows.append(Paragraph(words, links.get(link, ""), str(kind.links[link]) if link else ""))
    subject = " ".join(fill(text.subject, known).split())
    here = (get_language() or "en").partition("-")[0]
    return Letter(subject, tuple(rows), text.language if text.language != here else "")
