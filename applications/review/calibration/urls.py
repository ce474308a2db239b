"""Addresses of review / calibration."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.review.calibration import views

urlpatterns: list[URLPattern] = [
    path("screening/examples/<uuid:example>/", views.example, name="example"),
    path("screening/examples/<uuid:example>/save/", views.save_example, name="save_example"),
    path("calls/<slug:slug>/calibration/", views.calibration, name="calibration"),
]
