"""Addresses of log."""

from __future__ import annotations

from django.urls import URLPattern, path

from cohort.outbox.log import views

urlpatterns: list[URLPattern] = [
    path("cohorts/<slug:slug>/messages/", views.log, name="log"),
    path("cohorts/<slug:slug>/messages/<uuid:pk>/send/", views.send_again, name="send_again"),
]
