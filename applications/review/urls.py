"""Addresses of review."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.review import progress_views, views

urlpatterns: list[URLPattern] = [
    path("screening/", views.queue, name="screening"),
    path("screening/ties/<slug:slug>/", views.about_me, name="about_me"),
    path("screening/<uuid:review>/", views.desk, name="desk"),
    path("screening/<uuid:review>/save/", views.save, name="save_reading"),
    path("screening/<uuid:review>/take-back/", views.take_back, name="take_back_reading"),
    path("screening/<uuid:review>/step-aside/", views.step_aside, name="step_aside"),
    path("reading/", progress_views.index, name="reading_index"),
    path("calls/<slug:slug>/reading/", progress_views.overview, name="reading"),
    path("calls/<slug:slug>/reading/<int:number>/", progress_views.paper, name="reading_paper"),
    path("calls/<slug:slug>/reading/<int:number>/add/", progress_views.add, name="reading_add"),
    path("calls/<slug:slug>/reading/<int:number>/move/<uuid:review>/", progress_views.move, name="reading_move"),
    path("calls/<slug:slug>/reading/<int:number>/words/", progress_views.redact, name="reading_redact"),
    path("calls/<slug:slug>/reading/ties/<uuid:recusal>/", progress_views.settle_tie, name="settle_tie"),
]
