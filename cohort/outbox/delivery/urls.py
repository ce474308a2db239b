"""Addresses of delivery."""

from __future__ import annotations

from django.urls import URLPattern, path

from cohort.outbox.delivery import mailbox_views, webhook_views

urlpatterns: list[URLPattern] = [
    path("mail/<str:what>/", webhook_views.report, name="mail_report"),
    path("dev/outbox/", mailbox_views.outbox, name="machine"),
    path("dev/outbox/<str:name>/", mailbox_views.mail, name="machine_mail"),
    path("dev/outbox/<str:name>/html/", mailbox_views.html, name="machine_html"),
    path("dev/outbox/<str:name>/files/<int:number>/", mailbox_views.piece, name="machine_piece"),
]
