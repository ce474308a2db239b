"""Addresses of organizations."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.organizations import views

urlpatterns: list[URLPattern] = [
    path("calls/<slug:slug>/organizations/", views.organizations, name="organizations"),
    path("calls/<slug:slug>/organizations/merge/", views.merge, name="organization_merge"),
    path("calls/<slug:slug>/organizations/differ/", views.differ, name="organization_differ"),
    path("calls/<slug:slug>/organizations/<uuid:pk>/undo/", views.undo, name="organization_undo"),
]
