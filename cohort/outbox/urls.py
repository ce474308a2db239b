from __future__ import annotations

from django.urls import path

from cohort.outbox import health
from cohort.outbox.views import calendar, hooks, log, machine, members, previews

app_name = "outbox"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("healthz/reminders", health.reminders, name="healthz_reminders"),
    path("account/messages/", members.preferences, name="preferences"),
    path("account/messages/<slug:kind>/", previews.example, name="example"),
    path("account/messages/<slug:kind>/html/", previews.example_html, name="example_html"),
    path("account/calendar/", calendar.mine, name="calendar"),
    path("account/calendar/new-address/", calendar.renew, name="calendar_renew"),
    path("account/calendar/stop/", calendar.stop, name="calendar_stop"),
    path("calendar/<str:token>.ics", calendar.feed, name="calendar_feed"),
    path("stop/<str:token>/", members.stop, name="stop"),
    path("cohorts/<slug:slug>/messages/", log.log, name="log"),
    path("cohorts/<slug:slug>/messages/preview/", previews.choose, name="preview"),
    path("cohorts/<slug:slug>/messages/preview/<slug:kind>/<uuid:member>/", previews.kind, name="preview_kind"),
    path(
        "cohorts/<slug:slug>/messages/preview/<slug:kind>/<uuid:member>/html/",
        previews.kind_html,
        name="preview_kind_html",
    ),
    path("cohorts/<slug:slug>/messages/<uuid:pk>/", previews.row, name="preview_row"),
    path("cohorts/<slug:slug>/messages/<uuid:pk>/html/", previews.row_html, name="preview_row_html"),
    path("cohorts/<slug:slug>/messages/<uuid:pk>/send/", log.send_again, name="send_again"),
    path("mail/<str:what>/", hooks.report, name="mail_report"),
    path("dev/outbox/", machine.outbox, name="machine"),
    path("dev/outbox/<str:name>/", machine.mail, name="machine_mail"),
    path("dev/outbox/<str:name>/html/", machine.html, name="machine_html"),
    path("dev/outbox/<str:name>/files/<int:number>/", machine.piece, name="machine_piece"),
]
