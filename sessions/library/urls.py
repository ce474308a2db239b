"""Addresses of library."""

from __future__ import annotations

from django.urls import URLPattern, path

from sessions.library import views

urlpatterns: list[URLPattern] = [
    path("library/", views.library, name="library"),
    path("library/<slug:slug>/", views.activity, name="activity"),
]
