"""Addresses of agreements."""

from __future__ import annotations

from django.urls import URLPattern, path

from sessions.agreements import views

urlpatterns: list[URLPattern] = [
    path("cohorts/<slug:slug>/agreements/", views.agreements, name="agreements"),
    path("cohorts/<slug:slug>/agreements/new/", views.edit, name="agreement_new"),
    path("cohorts/<slug:slug>/agreements/<uuid:pk>/", views.edit, name="agreement"),
    path("cohorts/<slug:slug>/agreements/<uuid:pk>/let-go/", views.retire, name="agreement_retire"),
]
