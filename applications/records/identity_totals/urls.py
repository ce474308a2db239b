"""Addresses of records / identity totals."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.records.identity_totals import views

urlpatterns: list[URLPattern] = [
    path("calls/<slug:slug>/totals/", views.identity_totals, name="identity_totals"),
]
