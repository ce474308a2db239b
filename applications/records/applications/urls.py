"""Addresses of records / applications."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.records.applications import views

urlpatterns: list[URLPattern] = [
    path("calls/<slug:slug>/applications/", views.applications, name="applications_of"),
]
