"""Addresses of offers."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.offers import views

urlpatterns: list[URLPattern] = [
    path("calls/<slug:slug>/offers/", views.offers, name="offers"),
    path("calls/<slug:slug>/offers/<uuid:offer>/replace/", views.replace, name="offer_replace"),
    path("calls/<slug:slug>/offers/<uuid:offer>/more-days/", views.more_days, name="offer_more_days"),
    path("offers/<uuid:offer>/", views.offer, name="offer"),
    path("offers/<uuid:offer>/accept/", views.accept, name="offer_accept"),
    path("offers/<uuid:offer>/decline/", views.decline, name="offer_decline"),
]
