"""All addresses. Each app owns its own; the ground floor only says where they hang."""

from __future__ import annotations

from django.urls import include, path

from cohort.ui.views import home

handler500 = "cohort.server.away.server_error"
urlpatterns = [
    path("", home, name="home"),
    path("", include("cohort.ui.urls")),
    path("", include("cohort.people.urls")),
    path("", include("cohort.outbox.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("applications.urls")),
    path("", include("sessions.urls")),
    path("", include("reflections.urls")),
]
