"""Addresses of calendar."""

from __future__ import annotations

from django.urls import URLPattern, path

from cohort.outbox.calendar import views

urlpatterns: list[URLPattern] = [
    path("account/calendar/", views.mine, name="calendar"),
    path("account/calendar/new-address/", views.renew, name="calendar_renew"),
    path("account/calendar/stop/", views.stop, name="calendar_stop"),
    path("calendar/<str:token>.ics", views.feed, name="calendar_feed"),
]
