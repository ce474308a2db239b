"""Addresses of this app: one list per room."""

from __future__ import annotations

from django.urls import include, path

app_name = "reflections"
urlpatterns = [
    path("", include("reflections.journal.urls")),
    path("", include("reflections.sharing.urls")),
    path("", include("reflections.commitments.urls")),
]
