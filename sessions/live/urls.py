"""Addresses of live."""

from __future__ import annotations

from django.urls import URLPattern, path

from sessions.live import sse, views

urlpatterns: list[URLPattern] = [
    path("sessions/<uuid:pk>/open/", views.open_room, name="open_room"),
    path("sessions/<uuid:pk>/close/", views.close_room, name="close_room"),
    path("sessions/<uuid:pk>/live/", views.desk, name="live"),
    path("sessions/<uuid:pk>/live/press/", views.press, name="press"),
    path("sessions/<uuid:pk>/live/state.json", views.state, name="state"),
    path("sessions/<uuid:pk>/live/stream", sse.stream, name="stream"),
    path("sessions/<uuid:pk>/live/pause-seen/", views.pause_seen, name="pause_seen"),
    path("sessions/<uuid:pk>/screen/", views.screen, name="screen"),
    path("sessions/<uuid:pk>/now/", views.phone, name="now"),
    path("sessions/<uuid:pk>/pause-please/", views.pause_please, name="pause_please"),
]
