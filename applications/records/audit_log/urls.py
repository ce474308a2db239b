"""Addresses of records / audit log."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.records.audit_log import views

urlpatterns: list[URLPattern] = [
    path("calls/<slug:slug>/decisions/<int:number>/history/", views.application, name="application_history"),
    path("calls/<slug:slug>/history/", views.call, name="call_history"),
]
