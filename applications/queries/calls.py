"""Reads about calls: the forms they use, the facts that fill their words, their dates and totals."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet, TextField
from django.db.models.functions import Cast, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.formdef import freezing
from applications.formdef.definition import Form, load
from applications.formdef.values import said
from applications.formdef.words import fill, names_in
from applications.models import (
    Answer,
    Application,
    Call,
    FactorPolicy,
    FormDraft,
    FormVersion,
    RubricVersion,
    RuleChange,
)
from applications.queries import spoken
from cohort.people import facts
from cohort.people.models import Cohort
from cohort.ui import times


@lru_cache(maxsize=8)
def facts_file(name: str) -> Any:
    """One YAML file of ``facts/``, read once."""
    return facts.read(settings.FACTS_DIR / name)


def region(region_id: str) -> dict[str, Any]:
    """One region of ``facts/regions.yaml``; empty when it is not known."""
    found = [row for row in facts_file("regions.yaml")["regions"] if row["id"] == region_id]
    return found[0] if found else {}


def default_definition(cohort: Cohort) -> dict[str, Any]:
    """The default form for a cohort's region, ready to be frozen, with its words in Spanish beside it. A new copy."""
    return dict(json.loads(_default_text(cohort.region)))


@lru_cache(maxsize=16)
def _default_text(region_id: str) -> str:
    """The default form of a region as JSON: worked out once per process, since reading JSON is far quicker."""
    here = region(region_id)
    frozen = freezing.freeze(facts_file("application_form.yaml"), here)
    own_names = {row["label"]: row["label"] for row in here.get("tribal_nations", [])}  # as Nations write themselves
    return json.dumps({**frozen, "translations": {"es": own_names | facts_file("application_form.es.yaml")["words"]}})


def default_rubric() -> dict[str, Any]:
    return dict(json.loads(_rubric_text()))


@lru_cache(maxsize=1)
def _rubric_text() -> str:
    return json.dumps(freezing.freeze(facts_file("rubric.yaml"), None))


@lru_cache(maxsize=32)
def _form_of_text(text: str, locale: str) -> Form:
    """The form of a definition in JSON. Calls with the same words share it."""
    return load(json.loads(text), locale=locale)


@lru_cache(maxsize=64)
def form_of(version_id: UUID, locale: str = "en") -> Form:
    """The form of one frozen version. A version never changes, so it is read once per process."""
    written = FormVersion.objects.annotate(text=Cast("definition", TextField()))
    return _form_of_text(written.values_list("text", flat=True).get(pk=version_id), locale)


def versions_in_use() -> list[UUID]:
    """The form versions that some application was made against (one statement)."""
    return list(
        FormVersion.objects.filter(pk__in=Application.objects.values("form_version")).values_list("pk", flat=True)
    )


def form_for_call(call: Call, locale: str = "en") -> Form:
    """The form that a new application would get: the newest frozen one, or what is being prepared for the first."""
    newest = call.form_versions.order_by("-number").values_list("pk", flat=True).first()
    if newest:
        return form_of(newest, locale)
    draft = _draft(call)
    return _form_of_text(_default_text(call.cohort.region), locale) if draft is None else load(draft, locale=locale)


def definition_in_work(call: Call) -> dict[str, Any]:
    """What a coordinator made of the form so far, or else the default form."""
    draft = _draft(call)
    return draft if draft is not None else default_definition(call.cohort)


def _draft(call: Call) -> dict[str, Any] | None:
    return FormDraft.objects.filter(call=call).values_list("definition", flat=True).first()


def rubric_for_call(call: Call) -> dict[str, Any]:
    newest: RubricVersion | None = call.rubric_versions.order_by("-number").first()
    return newest.definition if newest else default_rubric()


def facts_for(call: Call) -> dict[str, str]:
    """Values for the ``{placeholders}`` of form and letters: the cohort's, the call's, then the call's own facts."""
    cohort, zone = call.cohort, call.cohort.zone
    reach = {
        name: str(call.facts.get(name) or getattr(cohort, name))
        for name in ("contact_name", "contact_email", "contact_phone")
    }
    found: dict[str, str] = {
        "programme_name": cohort.name,
        "cohort_label": cohort.name,
        "cohort_size": str(cohort.seats),
        "region_name": cohort.place or region(cohort.region).get("name", ""),
        "hours_per_month": str(cohort.hours_per_month),
        "start_date": times.day_words(cohort.starts_on, weekday=False) if cohort.starts_on else "",
        "end_date": times.day_words(cohort.ends_on, weekday=False) if cohort.ends_on else "",
        "deadline_local": times.when_words(call.closes_at, zone) if call.closes_at else "",
        "decision_date": times.day_words(call.decisions_on) if call.decisions_on else "",
        "pdf_link": settings.SITE_URL + reverse("applications:call_questions", args=[call.slug]),
        "languages": _("English or Spanish"),
        "help_contact": ", ".join(filter(None, reach.values())),
        **reach,
        "n_reviewers": str(call.readers_per_application),
        "privacy_notice_version": notice_version(call),
    }
    found |= {key: str(value) for key, value in call.facts.items() if isinstance(value, str | int)}
    return found | spoken.facts(call)


def notice_version(call: Call) -> str:
    return str(call.facts.get("privacy_notice_version") or "1.0")


@dataclass(frozen=True)
class Readers:
    """Who reads a kind of answer, and where those questions stand."""

    visibility: str
    who: str
    parts: list[str]


def who_reads_what(form: Form) -> list[Readers]:
    """Per kind of reader, the parts of the form with questions for them."""
    who = {
        "reviewer": _(
            "The people who read and score, without your name and your organization’s name; the committee; "
            "program staff."
        ),
        "staff": _("Program staff only. The people who score do not see it."),
        "selection": _("Program staff, and the tool that helps to balance the group. The people who score do not."),
        "equity_data": _(
            "Nobody, beside your name. One data steward sees totals only, and only when no number is so "
            "small that it could point to a person."
        ),
        "access": _("The access coordinator only, so that you can take part fully."),
    }
    rows = []
    for visibility, words in who.items():
        parts = [
            s.title
            for s in form.parts
            if any(q.visibility == visibility and q.type not in ("notice", "submit") for q in s.questions)
        ]
        if parts:
            rows.append(Readers(visibility, words, parts))
    return rows


def identity_that_chooses(call: Call, form: Form) -> list[str]:
    """Identity questions whose answers this call's policies allow to be used when choosing (one statement).

    Empty under every profile but one that a lawyer approved; pages that promise otherwise ask here first.
    """
    asked = {q.factor: q.label for q in form.questions.values() if q.visibility == "equity_data" and q.factor}
    chosen = FactorPolicy.objects.filter(call=call, policy=FactorPolicy.Policy.SELECTION, factor__in=list(asked))
    return [asked[factor] for factor in chosen.order_by("factor").values_list("factor", flat=True)]


def settings_of(call: Call) -> frozenset[str]:
    """Names of switched-on settings that questions may depend on."""
    if call.policy_profile in {"wa_public_agency", "ca_public_agency"}:
        return frozenset({"operator_is_public_agency"})
    return frozenset({"identity_may_choose"} if _identity_may_choose(call) else ())


def _identity_may_choose(call: Call) -> bool:
    """Whether some identity factor is approved for choosing (one statement, none under the other profiles)."""
    if call.policy_profile != "counsel_approved":
        return False
    now = FactorPolicy.objects.filter(call=call, policy=FactorPolicy.Policy.SELECTION).values("factor")
    return RuleChange.objects.filter(
        call=call,
        kind=RuleChange.Kind.POLICY,
        state=RuleChange.State.IN_FORCE,
        identity=True,
        value=FactorPolicy.Policy.SELECTION,
        factor__in=now,
    ).exists()


def listed_calls() -> QuerySet[Call]:
    """Calls that anybody may see in the list: open ones first, then what closed, newest first."""
    return (
        Call.objects.exclude(state__in=[Call.State.DRAFT, Call.State.ARCHIVED])
        .select_related("cohort")
        .order_by("-closes_at")
    )


@dataclass(frozen=True)
class Milestone:
    """One row of the timeline. ``at`` is a day, or a moment when the hour matters."""

    at: dt.date | dt.datetime
    words: str
    state: str = ""  # past, next or nothing
    year: str = ""  # only when it is not this year's


def timeline(call: Call, now: dt.datetime, more: Iterable[tuple[dt.date, str]] = ()) -> list[Milestone]:
    """What happens when, in order, with the next thing marked. ``more``: days that coordinators added."""
    cohort = call.cohort
    rows: list[tuple[dt.date | dt.datetime | None, str]] = [
        (call.opens_at, _("Applications open")),
        (call.closes_at, _("Applications close")),
        (call.decisions_on, _("Everyone who applied hears from us by this day, with a reason")),
        (cohort.starts_on, _("First session")),
        (cohort.ends_on, _("Last session")),
        *more,
    ]
    known = [(at, words) for at, words in rows if at is not None]
    known.sort(key=lambda row: row[0].astimezone(cohort.zone).date() if isinstance(row[0], dt.datetime) else row[0])
    today = now.astimezone(cohort.zone).date()

    def past(at: dt.date | dt.datetime) -> bool:
        return at <= now if isinstance(at, dt.datetime) else at < today

    first = next((i for i, (at, _words) in enumerate(known) if not past(at)), -1)
    return [
        Milestone(
            at,
            words,
            "past" if past(at) else "next" if i == first else "",
            str(at.year) if at.year != today.year else "",
        )
        for i, (at, words) in enumerate(known)
    ]


@dataclass(frozen=True)
class Door:
    """Whether one may apply now: ``soon``, ``open`` or ``closed``, and when that changes."""

    state: str
    changes_at: dt.datetime | None = None


def door(call: Call, now: dt.datetime) -> Door:
    if call.state == Call.State.DRAFT:
        return Door("soon", call.opens_at)
    if call.state == Call.State.OPEN and call.opens_at and now < call.opens_at:
        return Door("soon", call.opens_at)
    return Door("open", call.closes_at) if call.takes_new(now) else Door("closed", call.closes_at)


@dataclass(frozen=True)
class Pool:
    """Totals of one call. ``days`` holds (day, started, sent) for each day on which something happened."""

    total: int
    drafts: int
    sent: int
    withdrawn: int
    eligible: int
    checking: int
    ineligible: int
    days: list[tuple[dt.date, int, int]]


def pool(call: Call) -> Pool:
    """Totals by state and by day in the cohort's zone (three statements, whatever the size)."""
    mine = Application.objects.filter(call=call)
    states: dict[tuple[str, str], int] = {
        (state, eligibility): n
        for state, eligibility, n in mine.values_list("state", "eligibility").annotate(n=Count("pk")).order_by()
    }

    def per_day(field: str) -> dict[dt.date, int]:
        rows = mine.filter(**{f"{field}__isnull": False}).annotate(day=TruncDate(field, tzinfo=call.cohort.zone))
        return dict(rows.values_list("day").annotate(n=Count("pk")).order_by("day"))

    started, sent = per_day("created_at"), per_day("submitted_at")

    def count(state: str = "", eligibility: str = "") -> int:
        return sum(n for (s, e), n in states.items() if state in ("", s) and eligibility in ("", e))

    submitted, verdicts = Application.State.SUBMITTED, Application.Eligibility
    return Pool(
        total=count(),
        drafts=count(Application.State.DRAFT),
        sent=count(submitted),
        withdrawn=count(Application.State.WITHDRAWN),
        eligible=count(submitted, verdicts.ELIGIBLE),
        checking=count(submitted, verdicts.CHECK),
        ineligible=count(submitted, verdicts.INELIGIBLE),
        days=[(day, started.get(day, 0), sent.get(day, 0)) for day in _every_day({*started, *sent})],
    )


def _every_day(days: set[dt.date]) -> list[dt.date]:
    """All days from the first to the last (at most a year of them), quiet ones included."""
    if not days:
        return []
    first, last = min(days), max(days)
    return [last - dt.timedelta(days=n) for n in range(min((last - first).days, 365), -1, -1)]


@dataclass(frozen=True)
class ToCheck:
    """One application whose eligibility answers a person must look at: its number and those answers, nothing else."""

    pk: UUID
    reference: str
    answers: list[tuple[str, list[str]]]


def to_check(call: Call, most: int = 50) -> list[ToCheck]:
    """Sent applications that wait for a look at eligibility, oldest first (two statements and the form)."""
    rows = list(
        Application.objects.filter(
            call=call,
            state=Application.State.SUBMITTED,
            eligibility=Application.Eligibility.CHECK,
        ).order_by("submitted_at")[:most]
    )
    if not rows:
        return []
    form, facts = form_for_call(call), facts_for(call)
    gated = {q.id: q for q in form.questions.values() if q.gate}
    held: dict[UUID, dict[str, Any]] = {}
    for pk, question, value in Answer.objects.filter(application__in=rows, question__in=list(gated)).values_list(
        "application_id", "question", "value"
    ):
        held.setdefault(pk, {})[question] = value
    return [
        ToCheck(
            row.pk,
            row.reference,
            [(fill(q.label, facts), said(q, held.get(row.pk, {}).get(q.id))) for q in gated.values()],
        )
        for row in rows
    ]


def unfilled(call: Call) -> list[str]:
    """Placeholders of the form that nothing fills yet, as readers would see them: “session dates”."""
    form, facts = form_for_call(call), facts_for(call)
    words = [text for section in form.sections for text in (section.help, *section.intro)]
    words += [text for q in form.questions.values() for text in (q.label, q.help)]
    return sorted({name.replace("_", " ") for text in words for name in names_in(text) if not facts.get(name)})
