"""Addresses of call / page."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.call.page import views

urlpatterns: list[URLPattern] = [
    path("calls/<slug:slug>/page/", views.page, name="call_page"),
    path("calls/<slug:slug>/page/words/", views.words, name="call_page_words"),
    path("calls/<slug:slug>/page/dates/", views.dates, name="call_page_dates"),
    path("calls/<slug:slug>/page/spanish/", views.spanish, name="call_page_spanish"),
    path("calls/<slug:slug>/page/lines/<uuid:pk>/", views.line, name="page_line"),
    path("calls/<slug:slug>/page/lines/<uuid:pk>/move/", views.move, name="page_line_move"),
    path("calls/<slug:slug>/page/lines/<uuid:pk>/remove/", views.remove, name="page_line_remove"),
    path("calls/<slug:slug>/page/lines/<uuid:pk>/back/", views.put_back, name="page_line_back"),
    path("calls/<slug:slug>/page/<slug:part>/new/", views.line_new, name="page_line_new"),
    path("calls/<slug:slug>/page/<slug:part>/own/", views.own, name="page_own"),
]
