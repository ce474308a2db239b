from __future__ import annotations

from django.urls import path

from cohort.outbox import health
from cohort.outbox.views import log, machine, members

app_name = "outbox"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("healthz/reminders", health.reminders, name="healthz_reminders"),
    path("account/messages/", members.preferences, name="preferences"),
    path("stop/<str:token>/", members.stop, name="stop"),
    path("cohorts/<slug:slug>/messages/", log.log, name="log"),
    path("cohorts/<slug:slug>/messages/<uuid:pk>/send/", log.send_again, name="send_again"),
    path("dev/outbox/", machine.outbox, name="machine"),
    path("dev/outbox/<str:name>/", machine.mail, name="machine_mail"),
    path("dev/outbox/<str:name>/html/", machine.html, name="machine_html"),
    path("dev/outbox/<str:name>/files/<int:number>/", machine.piece, name="machine_piece"),
]
