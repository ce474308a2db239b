"""Addresses of representation / outreach."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.representation.outreach import views

urlpatterns: list[URLPattern] = [
    path("calls/<slug:slug>/board/missing/", views.outreach, name="outreach"),
]
