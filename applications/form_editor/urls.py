"""Addresses of form editor."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.form_editor import publish_views, question_views, translation_views, views

urlpatterns: list[URLPattern] = [
    path("calls/<slug:slug>/form/", views.overview, name="form_editor"),
    path("calls/<slug:slug>/form/undo/", views.undo, name="form_undo"),
    path("calls/<slug:slug>/form/discard/", publish_views.discard, name="form_discard"),
    path("calls/<slug:slug>/form/publish/", publish_views.publish, name="form_publish"),
    path("calls/<slug:slug>/form/versions/<int:number>/", publish_views.version, name="form_version"),
    path("calls/<slug:slug>/form/new-part/", views.new_part, name="form_part_new"),
    path("calls/<slug:slug>/form/parts/<slug:part>/", views.part, name="form_part"),
    path("calls/<slug:slug>/form/parts/<slug:part>/words/", views.part_words, name="form_part_words"),
    path("calls/<slug:slug>/form/parts/<slug:part>/remove/", views.remove_part, name="form_part_remove"),
    path("calls/<slug:slug>/form/parts/<slug:part>/preview/", views.preview_part, name="form_part_preview"),
    path("calls/<slug:slug>/form/parts/<slug:part>/new/", question_views.new_question, name="form_question_new"),
    path("calls/<slug:slug>/form/spanish/", translation_views.overview, name="form_tongues"),
    path("calls/<slug:slug>/form/parts/<slug:part>/spanish/", translation_views.part, name="form_tongue"),
    path("calls/<slug:slug>/form/questions/<slug:name>/", question_views.question, name="form_question"),
    path(
        "calls/<slug:slug>/form/questions/<slug:name>/remove/",
        question_views.remove_question,
        name="form_question_remove",
    ),
]
