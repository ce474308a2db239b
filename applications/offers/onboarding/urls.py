"""Addresses of offers / onboarding."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.offers.onboarding import views

urlpatterns: list[URLPattern] = [
    path("offers/<uuid:offer>/welcome/", views.welcome, name="welcome"),
    path("offers/<uuid:offer>/welcome/<slug:kind>/", views.do, name="welcome_do"),
    path("access-needs/", views.needs_index, name="needs_index"),
    path("cohorts/<slug:slug>/access-needs/", views.needs, name="needs"),
]
