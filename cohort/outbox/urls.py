"""Addresses of messages, calendars, health and the mailbox of a demo: one list per room."""

from __future__ import annotations

from django.urls import include, path

app_name = "outbox"
urlpatterns = [
    path("", include("cohort.outbox.monitoring.urls")),
    path("", include("cohort.outbox.preferences.urls")),
    path("", include("cohort.outbox.previews.urls")),
    path("", include("cohort.outbox.calendar.urls")),
    path("", include("cohort.outbox.log.urls")),
    path("", include("cohort.outbox.delivery.urls")),
]
