"""Addresses of planning."""

from __future__ import annotations

from django.urls import URLPattern, path

from sessions.planning import agenda_views, views

urlpatterns: list[URLPattern] = [
    path("sessions/", views.index, name="index"),
    path("cohorts/<slug:slug>/sessions/new/", views.create, name="create"),
    path("sessions/<uuid:pk>/", views.session, name="session"),
    path("sessions/<uuid:pk>/change/", views.change, name="change"),
    path("sessions/<uuid:pk>/publish/", views.publish, name="publish"),
    path("sessions/<uuid:pk>/call-off/", views.call_off, name="call_off"),
    path("sessions/<uuid:pk>/take-back/<slug:step>/", views.take_back, name="take_back"),
    path("sessions/<uuid:pk>/session.ics", views.calendar, name="calendar"),
    path("sessions/<uuid:pk>/agenda/", agenda_views.builder, name="agenda"),
    path("sessions/<uuid:pk>/agenda/add/", agenda_views.add, name="block_add"),
    path("sessions/<uuid:pk>/agenda/<uuid:block>/", agenda_views.change, name="block"),
    path("sessions/<uuid:pk>/agenda/<uuid:block>/<slug:verb>/", agenda_views.act, name="block_act"),
    path("sessions/<uuid:pk>/print/run-sheet/", views.run_sheet, name="run_sheet"),
    path("sessions/<uuid:pk>/print/agenda/", views.paper_agenda, name="paper_agenda"),
    path("sessions/<uuid:pk>/print/table-cards/", views.table_cards, name="table_cards"),
]
