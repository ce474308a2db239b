from __future__ import annotations

from django.urls import path

from cohort.people import views

app_name = "people"
urlpatterns = [
    path("cohorts/", views.cohorts, name="cohorts"),
    path("cohorts/new/", views.start, name="start"),
    path("cohorts/<slug:slug>/", views.cohort, name="cohort"),
    path("cohorts/<slug:slug>/change/", views.change, name="change"),
    path("cohorts/<slug:slug>/invite/", views.invite, name="invite"),
    path("cohorts/<slug:slug>/invitations/<uuid:pk>/take-back/", views.revoke, name="revoke"),
    path("cohorts/<slug:slug>/people/<uuid:pk>/end/", views.end_role, name="end_role"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("language/", views.choose_language, name="set_language"),
    path("account/", views.profile, name="profile"),
]
