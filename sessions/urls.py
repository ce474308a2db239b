from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

app_name = "program_sessions"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("sessions.surveys.urls")),  # the lead's part: keep this line
]
