"""Addresses of this app: one list per room."""

from __future__ import annotations

from django.urls import include, path

app_name = "program_sessions"
urlpatterns = [
    path("", include("sessions.surveys.urls")),
    path("", include("sessions.library.urls")),
    path("", include("sessions.agreements.urls")),
    path("", include("sessions.planning.urls")),
    path("", include("sessions.live.urls")),
    path("", include("sessions.attendance.urls")),
    path("", include("sessions.groups.urls")),
]
