"""Addresses of decisions."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.decisions import views

urlpatterns: list[URLPattern] = [
    path("decisions/", views.decisions_index, name="decisions_index"),
    path("calls/<slug:slug>/decisions/", views.decisions, name="decisions"),
    path("calls/<slug:slug>/decisions/many/", views.decide_many, name="decide_many"),
    path("calls/<slug:slug>/decisions/record.csv", views.record, name="decision_record"),
    path("calls/<slug:slug>/decisions/draft/", views.draft, name="draft_decisions"),
    path("calls/<slug:slug>/decisions/<int:number>/", views.decision, name="decision"),
    path("calls/<slug:slug>/releases/", views.release_new, name="release_new"),
    path("calls/<slug:slug>/comments/", views.share_comments, name="share_comments"),
    path("calls/<slug:slug>/releases/<uuid:release>/", views.release, name="release"),
    path("calls/<slug:slug>/releases/<uuid:release>/approve/", views.approve, name="release_approve"),
    path("calls/<slug:slug>/releases/<uuid:release>/call-back/", views.call_back, name="release_call_back"),
    path("calls/<slug:slug>/letters/<uuid:decision>/", views.letter, name="letter"),
]
