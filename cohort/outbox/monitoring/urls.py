"""Addresses of monitoring."""

from __future__ import annotations

from django.urls import URLPattern, path

from cohort.outbox.monitoring import health

urlpatterns: list[URLPattern] = [
    path("healthz", health.healthz, name="healthz"),
    path("healthz/reminders", health.reminders, name="healthz_reminders"),
]
