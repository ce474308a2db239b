"""Addresses of calls, applications, screening, the board, decisions and offers: one list per audience."""

from __future__ import annotations

from django.urls import include, path

app_name = "applications"
urlpatterns = [
    path("", include("applications.urls_applicant")),
    path("", include("applications.urls_calls")),
    path("", include("applications.urls_review")),
    path("", include("applications.urls_board")),
    path("", include("applications.urls_policy")),
    path("", include("applications.urls_steward")),
    path("", include("applications.urls_editor")),
]
