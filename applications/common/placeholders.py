"""Values of the placeholders in a call's texts."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.common import call_translations
from applications.common.call_forms import region
from applications.models import (
    Call,
)
from cohort.ui import times


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
    return found | call_translations.facts(call)


def notice_version(call: Call) -> str:
    return str(call.facts.get("privacy_notice_version") or "1.0")
