"""Addresses of apply / employer."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.apply.employer import views

urlpatterns: list[URLPattern] = [
    path("confirm/<str:token>/", views.confirm, name="employer"),
    path("confirm/<str:token>/decline/", views.decline, name="employer_decline"),
]
