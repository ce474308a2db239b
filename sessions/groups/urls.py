"""Addresses of groups."""

from __future__ import annotations

from django.urls import URLPattern, path

from sessions.groups import views

urlpatterns: list[URLPattern] = [
    path("sessions/<uuid:pk>/tables/", views.tables, name="tables"),
    path("sessions/<uuid:pk>/tables/draw/", views.draw, name="draw"),
    path("sessions/<uuid:pk>/tables/work/", views.work_facts, name="work_facts"),
    path("sessions/<uuid:pk>/tables/apart/<uuid:rule>/remove/", views.remove_rule, name="rule_remove"),
]
