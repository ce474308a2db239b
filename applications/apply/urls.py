"""Addresses of apply."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.apply import new_questions_views, resume_views, views, withdraw_views

urlpatterns: list[URLPattern] = [
    path("calls/<slug:slug>/apply/", views.apply, name="apply"),
    path("applications/", views.mine, name="my_applications"),
    path("applications/<uuid:pk>/", views.tasks, name="application"),
    path("applications/<uuid:pk>/parts/<slug:section_id>/", views.part, name="application_part"),
    path("applications/<uuid:pk>/parts/<slug:section_id>/autosave/", views.autosave, name="autosave"),
    path("applications/<uuid:pk>/fit/", views.fit, name="fit"),
    path("applications/<uuid:pk>/check/", views.review, name="check_answers"),
    path("applications/<uuid:pk>/receipt/", views.receipt, name="receipt"),
    path("applications/<uuid:pk>/remind/", withdraw_views.remind, name="remind"),
    path("applications/<uuid:pk>/link/", resume_views.send_link, name="send_link"),
    path("go-on/<str:token>/", resume_views.resume, name="resume"),
    path("applications/<uuid:pk>/copy/", withdraw_views.copy, name="copy"),
    path("applications/<uuid:pk>/copy.json", withdraw_views.copy_json, name="copy_json"),
    path("applications/<uuid:pk>/forget/<slug:what>/", withdraw_views.forget, name="forget"),
    path("applications/<uuid:pk>/withdraw/", withdraw_views.withdraw, name="withdraw"),
    path("applications/<uuid:pk>/form-changes/", new_questions_views.changes, name="form_changes"),
    path("applications/<uuid:pk>/new-questions/", new_questions_views.new_questions, name="new_questions"),
]
