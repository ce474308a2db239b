"""Addresses of commitments."""

from __future__ import annotations

from django.urls import URLPattern, path

from reflections.commitments import views

urlpatterns: list[URLPattern] = [
    path("commitments/", views.index, name="commitments"),
    path("commitments/new/", views.add, name="commit"),
    path("commitments/<uuid:pk>/", views.look_back, name="look_back"),
    path("commitments/<uuid:pk>/show/", views.show, name="show_commitment"),
    path("commitments/<uuid:pk>/remove/", views.remove, name="remove_commitment"),
]
