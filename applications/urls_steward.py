from __future__ import annotations

from django.urls import path

from applications.views import steward

urlpatterns = [path("calls/<slug:slug>/totals/", steward.identity_totals, name="identity_totals")]
