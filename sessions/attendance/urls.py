"""Addresses of attendance."""

from __future__ import annotations

from django.urls import URLPattern, path

from sessions.attendance import catch_up_views, views

urlpatterns: list[URLPattern] = [
    path("s/", views.type_code, name="type_code"),
    path("s/<slug:code>/", views.check_in, name="check_in"),
    path("sessions/<uuid:pk>/register/", views.register, name="register"),
    path("sessions/<uuid:pk>/register/close/", views.close_register, name="close_register"),
    path("sessions/<uuid:pk>/register/open/", views.open_register, name="open_register"),
    path("sessions/<uuid:pk>/catch-up/", catch_up_views.catch_up, name="catch_up"),
]
