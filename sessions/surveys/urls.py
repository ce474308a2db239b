from __future__ import annotations

from django.urls import path

from sessions.surveys import views

urlpatterns = [
    path("e/", views.type_code, name="survey_code"),
    path("e/l/<str:token>/", views.by_link, name="survey_link"),
    path("e/<str:code>/", views.survey, name="survey"),
    path("e/<str:code>/thanks/", views.thanks, name="survey_thanks"),
    path("sessions/<uuid:pk>/survey/", views.results, name="survey_results"),
    path("sessions/<uuid:pk>/survey/open/", views.open_now, name="survey_open"),
    path("sessions/<uuid:pk>/survey/screen/", views.screen, name="survey_screen"),
    path("sessions/<uuid:pk>/survey/comments/<int:place>/", views.comment, name="survey_comment"),
    path("sessions/<uuid:pk>/survey/heard/", views.heard, name="survey_heard"),
]
