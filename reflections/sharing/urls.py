"""Addresses of sharing."""

from __future__ import annotations

from django.urls import URLPattern, path

from reflections.sharing import views

urlpatterns: list[URLPattern] = [
    path("shared/", views.copies, name="copies"),
    path("shared/new/", views.share, name="share"),
    path("shared/audiences/", views.audiences, name="audiences"),
    path("shared/<uuid:pk>/", views.copy, name="copy"),
    path("shared/<uuid:pk>/withdraw/", views.withdraw, name="withdraw"),
]
