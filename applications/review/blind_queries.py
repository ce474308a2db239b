"""The one door through which a reader sees an application: reviewer answers only, own names masked.

Nothing in this module returns an applicant, a name, an organization or an answer with another
visibility; the tests hold it to that byte by byte.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from applications.common import form_context
from applications.common.form_context import FormContext
from applications.common.masking import mask
from applications.form_definition.definition import FormQuestion
from applications.form_definition.dialect import TEXTS
from applications.models import Answer, Application, EarlierRedaction, EmployerConfirmation, Inquiry, Redaction
from cohort.questions.text import fill
from cohort.questions.values import own_words, said

#: Answers whose words are hidden wherever they stand in free text (rubric.yaml, process.blind_fields).
NAMES = frozenset({"full_name", "preferred_name", "confirmer_name"})
PHRASES = frozenset({"email", "phone", "org_name", "confirmer_email"})
HOLDERS = NAMES | PHRASES | {"employer_confirmer"}  # the last holds the confirmer's fields as one value


@dataclass(frozen=True)
class ShownAnswer:
    """One question and answer as a reader sees it. ``lines`` are codes in words, ``text`` is free text."""

    question: str
    label: str
    lines: tuple[str, ...] = ()
    text: str = ""
    redacted: bool = False

    @property
    def empty(self) -> bool:
        return not (self.lines or self.text)


@dataclass(frozen=True)
class Part:
    title: str
    answers: tuple[ShownAnswer, ...]


@dataclass(frozen=True)
class BlindPaper:
    """An application as a reader may see it."""

    reference: str
    parts: tuple[Part, ...]


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def secrets_of(application: Application) -> tuple[set[str], set[str]]:
    """Names and phrases to hide in what this applicant wrote (three statements). Never returned to a page."""
    held = Answer.objects.filter(application=application, question__in=HOLDERS).values_list("question", "value")
    who = Application.objects.filter(pk=application.pk).values_list(
        "applicant__name", "applicant__preferred_name", "applicant__email", "organization__name"
    )
    asked = EmployerConfirmation.objects.filter(application=application).values_list("name", "email")
    return secrets_in(held, *who.get(), *(asked.first() or ("", "")))


def secrets_in(
    held: Iterable[tuple[str, Any]],
    name: str,
    preferred: str,
    email: str,
    organization: str | None,
    confirmer: str | None = "",
    confirmer_email: str | None = "",
) -> tuple[set[str], set[str]]:
    """Names and phrases to hide, out of the answers of :data:`HOLDERS`, the account, and who was asked to confirm."""
    names, phrases = {name, preferred, confirmer or ""}, {email, organization or "", confirmer_email or ""}
    for question, value in held:
        if question == "employer_confirmer" and isinstance(value, dict):
            names |= set(_strings(value.get("confirmer_name", "")))
            phrases |= set(_strings(value.get("confirmer_email", "")))
        else:
            (names if question in NAMES else phrases).update(_strings(value))
    return {name for name in names if name}, {phrase for phrase in phrases if phrase}


def paper_for_reader(application: Application, context: FormContext | None = None) -> BlindPaper:
    """What readers see of ``application``: its number and reviewer answers, labels from the frozen form.

    An answer is shown only when both its own row and the frozen form call it a reviewer answer. Free
    text is masked, or replaced by what staff redacted by hand (five statements with the secrets).

    :param context: the application's form, when the caller has asked for it already.
    """
    context = context or form_context.of_application(application)
    form, facts = context.form, context.facts
    answers = dict(Answer.objects.filter(application=application).for_reviewers().values_list("question", "value"))
    redactions = dict(Redaction.objects.filter(application=application).values_list("question", "text"))
    names, phrases = secrets_of(application)

    def shown(question: FormQuestion) -> ShownAnswer:
        value, label = answers.get(question.id), fill(question.label, facts)
        if question.id in redactions:
            return ShownAnswer(
                question.id, label, text=mask(redactions[question.id], names=names, phrases=phrases), redacted=True
            )
        if question.type in TEXTS:
            return ShownAnswer(question.id, label, text=mask(str(value or ""), names=names, phrases=phrases))
        lines = [fill(line, facts) for line in said(question, value)]
        if own_words(value):
            lines = [mask(line, names=names, phrases=phrases) for line in lines]
        return ShownAnswer(question.id, label, lines=tuple(lines))

    parts = []
    for section in form.sections:
        rows = tuple(
            shown(question)
            for question in section.questions
            if question.visibility == "reviewer" and (question.id in answers or question.required)
        )
        if rows:
            parts.append(Part(title=section.title, answers=rows))
    later = [
        ShownAnswer(
            key,
            mask(label, names=names, phrases=phrases),
            text=mask(redactions.get(key, str(answers[key])), names=names, phrases=phrases),
            redacted=key in redactions,
        )
        for key, label in _asked_later(application)
        if key in answers
    ]
    if later:
        parts.append(Part(title=_("Asked later"), answers=tuple(later)))
    return BlindPaper(reference=application.reference, parts=tuple(parts))


def _asked_later(application: Application) -> list[tuple[str, str]]:
    """Questions that staff asked for readers too, by the name of their answer (one statement)."""
    found = Inquiry.objects.filter(application=application, readers=Inquiry.Readers.REVIEWER).order_by("number")
    return [(inquiry.answer_key, inquiry.words) for inquiry in found]


@dataclass(frozen=True)
class Beside:
    """For staff: one free-text answer as readers see it, beside the words as they were written.

    ``stale``: the applicant changed the answer after staff had shortened it.
    """

    shown: ShownAnswer
    written: str
    stale: bool = False
    made: Redaction | None = None  # what readers see now was written by whom and when
    earlier: tuple[EarlierRedaction, ...] = ()  # newest first

    @property
    def differs(self) -> bool:
        return self.shown.text != self.written


def free_texts(application: Application) -> list[Beside]:
    """Each free-text answer that readers may see, for the coordinator's page only."""
    context = form_context.of_application(application)
    answers = Answer.objects.filter(application=application).for_reviewers()
    written = {question: (value, at) for question, value, at in answers.values_list("question", "value", "saved_at")}
    made = {row.question: row for row in Redaction.objects.filter(application=application).select_related("made_by")}
    earlier: dict[str, list[EarlierRedaction]] = defaultdict(list)
    for old in EarlierRedaction.objects.filter(application=application).select_related("made_by", "replaced_by"):
        earlier[old.question].append(old)
    rows = []
    for part in paper_for_reader(application, context).parts:
        for row in part.answers:
            text, saved_at = written.get(row.question, (None, None))
            question = context.form.questions.get(row.question)  # None: asked later, which is always free text
            if (question is None or question.type in TEXTS) and isinstance(text, str):
                now = made.get(row.question)
                stale = now is not None and saved_at is not None and saved_at > now.made_at
                rows.append(Beside(row, text, stale, now, tuple(earlier[row.question])))
    return rows
