"""Addresses of previews."""

from __future__ import annotations

from django.urls import URLPattern, path

from cohort.outbox.previews import views

urlpatterns: list[URLPattern] = [
    path("account/messages/<slug:kind>/", views.example, name="example"),
    path("account/messages/<slug:kind>/html/", views.example_html, name="example_html"),
    path("cohorts/<slug:slug>/messages/preview/", views.choose, name="preview"),
    path("cohorts/<slug:slug>/messages/preview/<slug:kind>/<uuid:member>/", views.kind, name="preview_kind"),
    path(
        "cohorts/<slug:slug>/messages/preview/<slug:kind>/<uuid:member>/html/",
        views.kind_html,
        name="preview_kind_html",
    ),
    path("cohorts/<slug:slug>/messages/<uuid:pk>/", views.row, name="preview_row"),
    path("cohorts/<slug:slug>/messages/<uuid:pk>/html/", views.row_html, name="preview_row_html"),
]
