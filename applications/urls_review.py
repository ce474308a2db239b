"""Addresses of reading, deciding and offering."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from applications.views import screener

urlpatterns: list[URLPattern | URLResolver] = [
    path("screening/", screener.queue, name="screening"),
    path("screening/ties/<slug:slug>/", screener.about_me, name="about_me"),
    path("screening/<uuid:review>/", screener.desk, name="desk"),
    path("screening/<uuid:review>/save/", screener.save, name="save_reading"),
    path("screening/<uuid:review>/take-back/", screener.take_back, name="take_back_reading"),
    path("screening/<uuid:review>/step-aside/", screener.step_aside, name="step_aside"),
]
