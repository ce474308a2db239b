"""Addresses of call / partners."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.call.partners import views

urlpatterns: list[URLPattern] = [
    path("calls/<slug:slug>/from/<slug:code>/", views.come, name="from_partner"),
    path("calls/<slug:slug>/partners/", views.partners, name="partners"),
    path("calls/<slug:slug>/partners/<uuid:pk>/", views.partner, name="partner"),
    path("calls/<slug:slug>/partners/<uuid:pk>/code.svg", views.qr, name="partner_qr"),
    path("calls/<slug:slug>/partners/<uuid:pk>/end/", views.end, name="partner_end"),
]
