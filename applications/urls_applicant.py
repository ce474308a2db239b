"""Addresses of the call, the applicant's pages, and the employer's short form."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from applications.views import applicant, call, employer, leaving, resuming

urlpatterns: list[URLPattern | URLResolver] = [
    path("calls/", call.calls, name="calls"),
    path("calls/<slug:slug>/", call.call, name="call"),
    path("calls/<slug:slug>/check/", call.check, name="call_check"),
    path("calls/<slug:slug>/questions/", call.questions, name="call_questions"),
    path("calls/<slug:slug>/questions.txt", call.questions_file, name="call_questions_file"),
    path("calls/<slug:slug>/notice/", call.notice, name="call_notice"),
    path("calls/<slug:slug>/apply/", applicant.apply, name="apply"),
    path("calls/<slug:slug>/manage/", call.manage, name="call_manage"),
    path("calls/<slug:slug>/open/", call.open_, name="call_open"),
    path("calls/<slug:slug>/close/", call.close, name="call_close"),
    path("calls/<slug:slug>/extend/", call.extend, name="call_extend"),
    path("calls/<slug:slug>/settle/", call.settle, name="call_settle"),
    path("cohorts/<slug:slug>/calls/new/", call.create, name="call_create"),
    path("applications/", applicant.mine, name="my_applications"),
    path("applications/<uuid:pk>/", applicant.tasks, name="application"),
    path("applications/<uuid:pk>/parts/<slug:section_id>/", applicant.part, name="application_part"),
    path("applications/<uuid:pk>/parts/<slug:section_id>/autosave/", applicant.autosave, name="autosave"),
    path("applications/<uuid:pk>/fit/", applicant.fit, name="fit"),
    path("applications/<uuid:pk>/check/", applicant.review, name="check_answers"),
    path("applications/<uuid:pk>/receipt/", applicant.receipt, name="receipt"),
    path("applications/<uuid:pk>/remind/", leaving.remind, name="remind"),
    path("applications/<uuid:pk>/link/", resuming.send_link, name="send_link"),
    path("go-on/<str:token>/", resuming.resume, name="resume"),
    path("applications/<uuid:pk>/copy/", leaving.copy, name="copy"),
    path("applications/<uuid:pk>/copy.json", leaving.copy_json, name="copy_json"),
    path("applications/<uuid:pk>/forget/<slug:what>/", leaving.forget, name="forget"),
    path("applications/<uuid:pk>/withdraw/", leaving.withdraw, name="withdraw"),
    path("confirm/<str:token>/", employer.confirm, name="employer"),
    path("confirm/<str:token>/decline/", employer.decline, name="employer_decline"),
]
