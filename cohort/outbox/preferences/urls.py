"""Addresses of preferences."""

from __future__ import annotations

from django.urls import URLPattern, path

from cohort.outbox.preferences import views

urlpatterns: list[URLPattern] = [
    path("account/messages/", views.preferences, name="preferences"),
    path("stop/<str:token>/", views.stop, name="stop"),
]
