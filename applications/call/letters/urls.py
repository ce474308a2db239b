"""Addresses of call / letters."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.call.letters import views

urlpatterns: list[URLPattern] = [
    path("calls/<slug:slug>/letter-texts/", views.texts, name="letter_texts"),
    path("calls/<slug:slug>/letter-texts/<slug:name>/", views.text, name="letter_text"),
    path("calls/<slug:slug>/letter-texts/<slug:name>/standard/", views.standard, name="letter_standard"),
]
