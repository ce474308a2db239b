"""Reads for the applicant's own pages: the task list, the check page, and everything held about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.apply import answers as apply_answers
from applications.apply import data_export
from applications.common import call_forms, inquiries
from applications.common.form_context import FormContext
from applications.form_definition import eligibility
from applications.form_definition.asking import is_shown, wanting
from applications.form_definition.definition import Form, FormQuestion, Section
from applications.form_definition.dialect import SILENT
from applications.form_editor import queries as form_editor_queries
from applications.models import AnswerRevision, Application, Call, Consent, EmployerConfirmation, Offer
from cohort.people import history
from cohort.people.models import User
from cohort.questions.text import fill
from cohort.questions.values import Value, said


@dataclass(frozen=True)
class Task:
    """One row of the task list. ``state``: todo, now or done; ``word`` says it."""

    section: Section
    url: str
    state: str
    word: str
    wanting: int


def lacking(context: FormContext, values: Mapping[str, Value]) -> dict[str, list[FormQuestion]]:
    """Required questions without an answer, by part, for :func:`tasks` and :func:`summary`."""
    return wanting(context.form, values, context.settings)


def tasks(
    application: Application, form: Form, values: Mapping[str, Value], lacking: Mapping[str, list[FormQuestion]]
) -> list[Task]:
    """The parts of the form with how far each one is."""
    rows = []
    for section in form.parts:
        saved, missing = section.id in application.sections, len(lacking.get(section.id, []))
        state = "todo" if not saved else "now" if missing else "done"
        word = {"todo": _("Not started"), "now": _("In progress"), "done": _("Done")}[state]
        if state == "done" and section.private and not any(values.get(q.id) is not None for q in section.questions):
            word = _("Skipped")
        url = reverse("applications:application_part", args=[application.pk, section.id])
        rows.append(Task(section, url, state, word, missing))
    return rows


@dataclass(frozen=True)
class AnswerLine:
    """One question and its answer for reading. ``kind``: answered, blank, or wanting (required, no answer)."""

    question: FormQuestion
    label: str
    answer: list[str]
    kind: str


@dataclass(frozen=True)
class SummaryPage:
    section: Section
    url: str
    lines: list[AnswerLine]
    summary: str = ""  # for private sections: answered or skipped, nothing more


def summary(
    application: Application,
    context: FormContext,
    values: Mapping[str, Value],
    lacking: Mapping[str, list[FormQuestion]],
) -> list[SummaryPage]:
    """Every answer for the check page. Identity and access answers are only “answered” or “skipped”."""
    pages = []
    for section in context.form.parts:
        asked = [q for q in section.questions if q.type not in SILENT and is_shown(q, values, context.settings)]
        url = reverse("applications:application_part", args=[application.pk, section.id])
        if section.private:
            n = sum(values.get(q.id) is not None for q in asked)
            word = _("Skipped") if not n else _("Answered: %(n)s of %(all)s questions") % {"n": n, "all": len(asked)}
            pages.append(SummaryPage(section, url, [], word))
            continue
        missing = {q.id for q in lacking.get(section.id, [])}
        lines = [
            AnswerLine(
                q,
                fill(q.label, context.facts),
                [_("Yes")] if values.get(q.id) is True else said(q, values.get(q.id)),
                "wanting" if q.id in missing else "answered" if values.get(q.id) not in (None, False) else "blank",
            )
            for q in asked
            if q.visibility not in ("equity_data", "access")
        ]
        pages.append(SummaryPage(section, url, lines))
    return pages


def gate_words(form: Form, values: Mapping[str, Value], section: str) -> eligibility.Verdict:
    """What the eligibility answers mean so far, for the page that explains them."""
    return eligibility.verdict(form, values, section)


@dataclass(frozen=True)
class MyApplication:
    """One of my applications for lists and cards."""

    application: Application
    open: bool
    offer: str


def mine(user: User, now: dt.datetime) -> list[MyApplication]:
    """My applications, newest first (one statement)."""
    told = Offer.objects.told(now).filter(application=OuterRef("pk")).order_by("-made_at").values("state")[:1]
    rows = Application.objects.filter(applicant_id=user.pk).select_related("call__cohort").order_by("-created_at")
    rows = rows.annotate(told_offer=Subquery(told))
    return [MyApplication(row, row.call.takes_saves(now), row.told_offer or "") for row in rows]


def confirmation_of(application: Application) -> EmployerConfirmation | None:
    return EmployerConfirmation.objects.filter(application=application).first()


def offer_of(application: Application) -> Offer | None:
    """The newest offer that the applicant has been told of."""
    return Offer.objects.told().filter(application=application).order_by("-made_at").first()


def everything(application: Application, context: FormContext) -> dict[str, Any]:
    """Everything we hold about this applicant and this application, in plain data that JSON can hold.

    Included: the account, every answer of all four drawers, earlier answers, choices about information, that an
    employer was asked, what :func:`applications.apply.data_export.beside` finds, and what happened when. Readers'
    shared comments come with the decision, not here; nor does an employer's reply, which was given to staff.
    """
    user, call, form = application.applicant, application.call, context.form
    values = apply_answers.held(application, form)
    answers = [
        {
            "section": section.title,
            "question": fill(q.label, context.facts),
            "id": q.id,
            "answer": values[q.id],
            "in words": [_("Yes")] if values[q.id] is True else said(q, values[q.id]),
            "kept with": apply_answers.drawer_of(q),
        }
        for section in form.parts
        for q in section.questions
        if q.id in values
    ] + inquiries.said_later(application, values)
    confirmation = confirmation_of(application)
    return {
        "account": {
            "email": user.email,
            "name": user.name,
            "name to use": user.preferred_name,
            "language": user.language,
            "time zone": user.time_zone,
            "joined": user.date_joined,
        },
        "application": {
            "reference": application.reference,
            "call": call.title,
            "state": application.state,
            "eligibility": application.eligibility,
            "started": application.created_at,
            "last change": application.edited_at,
            "sent": application.submitted_at,
            "withdrawn": application.withdrawn_at,
        },
        "answers": answers,
        "answers to earlier versions of the form": form_editor_queries.kept_from_before(application, form),
        "earlier answers": [
            {"id": row.question, "answer": row.value, "replaced": row.replaced_at}
            for row in AnswerRevision.objects.filter(application=application).order_by("replaced_at", "pk")
        ],
        "choices about information": [
            {
                "choice": row.kind,
                "given": row.given,
                "notice version": row.notice_version,
                "language": row.locale,
                "at": row.at,
            }
            for row in Consent.objects.filter(application=application).order_by("at", "pk")
        ],
        "employer confirmation": {
            "asked": confirmation.email,
            "name": confirmation.name,
            "role": confirmation.role,
            "state": confirmation.state,
            "asked at": confirmation.asked_at,
        }
        if confirmation
        else None,
        **data_export.beside(application),
        "what happened": [{"what": row.verb, "at": row.at} for row in history.of(application)],
    }


def happened_words() -> dict[str, str]:
    """What the history's verbs mean to an applicant; others are shown as they are."""
    return {
        "application.started": _("You started."),
        "application.submitted": _("You sent it."),
        "application.new_questions_answered": _("You answered new questions."),
        "application.changed": _("You changed answers after sending."),
        "application.withdrawn": _("You withdrew."),
        "application.reminders": _("You switched reminders on or off."),
        "application.private_deleted": _("You deleted private answers."),
        "application.link_mailed": _("You asked for a link to go on."),
        "retention.deleted": _("Something was deleted because its time was over."),
        "application.erased": _("We looked again that everything was deleted."),
        "application.eligibility_settled": _("Staff looked at eligibility."),
    }


def public_form(call: Call) -> Form:
    """The form for the page with all questions."""
    return call_forms.form_for_call(call)
