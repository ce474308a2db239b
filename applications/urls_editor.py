"""Addresses of the form editor, of form versions, and of what an applicant sees of them."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from applications.views import editing, editing_questions, editing_tongues, form_changes, publishing

urlpatterns: list[URLPattern | URLResolver] = [
    path("calls/<slug:slug>/form/", editing.overview, name="form_editor"),
    path("calls/<slug:slug>/form/undo/", editing.undo, name="form_undo"),
    path("calls/<slug:slug>/form/discard/", publishing.discard, name="form_discard"),
    path("calls/<slug:slug>/form/publish/", publishing.publish, name="form_publish"),
    path("calls/<slug:slug>/form/versions/<int:number>/", publishing.version, name="form_version"),
    path("calls/<slug:slug>/form/new-part/", editing.new_part, name="form_part_new"),
    path("calls/<slug:slug>/form/parts/<slug:part>/", editing.part, name="form_part"),
    path("calls/<slug:slug>/form/parts/<slug:part>/words/", editing.part_words, name="form_part_words"),
    path("calls/<slug:slug>/form/parts/<slug:part>/remove/", editing.remove_part, name="form_part_remove"),
    path("calls/<slug:slug>/form/parts/<slug:part>/preview/", editing.preview_part, name="form_part_preview"),
    path("calls/<slug:slug>/form/parts/<slug:part>/new/", editing_questions.new_question, name="form_question_new"),
    path("calls/<slug:slug>/form/spanish/", editing_tongues.overview, name="form_tongues"),
    path("calls/<slug:slug>/form/parts/<slug:part>/spanish/", editing_tongues.part, name="form_tongue"),
    path("calls/<slug:slug>/form/questions/<slug:name>/", editing_questions.question, name="form_question"),
    path(
        "calls/<slug:slug>/form/questions/<slug:name>/remove/",
        editing_questions.remove_question,
        name="form_question_remove",
    ),
    path("applications/<uuid:pk>/form-changes/", form_changes.changes, name="form_changes"),
    path("applications/<uuid:pk>/new-questions/", form_changes.new_questions, name="new_questions"),
]
