"""What an applicant’s page says about a new version of the form: `{% load form_news %}{% form_news row open %}`."""

from __future__ import annotations

from typing import Any

from django import template

from applications.form_editor import queries as form_editor_queries
from applications.models import Application

register = template.Library()


@register.inclusion_tag("applications/common/_news.html")
def form_news(application: Application, open: bool) -> dict[str, Any]:
    """A note that the form changed while it was filled in, or that something new must be answered after sending."""
    sent = application.state == Application.State.SUBMITTED
    return {
        "application": application,
        "zone": application.call.cohort.zone,
        "again": form_editor_queries.asks_again(application) if sent and open else None,
        "changed": None if sent or not open else form_editor_queries.form_changed(application),
    }
