"""Addresses of call / inbox."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.call.inbox import views

urlpatterns: list[URLPattern] = [
    path("calls/<slug:slug>/ask/", views.ask, name="inbox_ask"),
    path("calls/<slug:slug>/ask/thanks/", views.asked, name="inbox_asked"),
    path("calls/<slug:slug>/inbox/", views.inbox, name="inbox"),
    path("calls/<slug:slug>/inbox/<uuid:pk>/", views.question, name="inbox_question"),
    path("calls/<slug:slug>/inbox/<uuid:pk>/move/", views.move, name="inbox_move"),
    path("calls/<slug:slug>/inbox/<uuid:pk>/entry/", views.entry, name="inbox_entry"),
]
