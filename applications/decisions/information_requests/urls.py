"""Addresses of decisions / information requests."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.decisions.information_requests import views

urlpatterns: list[URLPattern] = [
    path("calls/<slug:slug>/decisions/<int:number>/ask/", views.ask, name="information_ask"),
    path(
        "calls/<slug:slug>/decisions/<int:number>/ask/<int:asked>/",
        views.take_back,
        name="information_undo",
    ),
    path("applications/<uuid:pk>/asked/<int:asked>/", views.answer, name="information_answer"),
]
