"""Addresses of records / exports."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.records.exports import views

urlpatterns: list[URLPattern] = [
    path("calls/<slug:slug>/exports/", views.exports, name="exports"),
    path("calls/<slug:slug>/exports/<slug:purpose>/", views.dictionary_page, name="export_dictionary"),
    path(
        "calls/<slug:slug>/exports/<slug:purpose>/dictionary.csv",
        views.dictionary_file,
        name="export_dictionary_file",
    ),
    path("calls/<slug:slug>/exports/<slug:purpose>/file.<slug:form>", views.export, name="export"),
]
