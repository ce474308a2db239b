"""Addresses of call."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.call import pool_views, views

urlpatterns: list[URLPattern] = [
    path("calls/", views.calls, name="calls"),
    path("calls/<slug:slug>/", views.call, name="call"),
    path("calls/<slug:slug>/check/", views.check, name="call_check"),
    path("calls/<slug:slug>/questions/", views.questions, name="call_questions"),
    path("calls/<slug:slug>/questions.txt", views.questions_file, name="call_questions_file"),
    path("calls/<slug:slug>/notice/", views.notice, name="call_notice"),
    path("calls/<slug:slug>/manage/", views.manage, name="call_manage"),
    path("calls/<slug:slug>/open/", views.open_, name="call_open"),
    path("calls/<slug:slug>/close/", views.close, name="call_close"),
    path("calls/<slug:slug>/extend/", views.extend, name="call_extend"),
    path("calls/<slug:slug>/settle/", views.settle, name="call_settle"),
    path("cohorts/<slug:slug>/calls/new/", views.create, name="call_create"),
    path("calls/<slug:slug>/pool/", pool_views.pool, name="pool"),
    path("calls/<slug:slug>/pool/remind/", pool_views.remind, name="pool_remind"),
]
