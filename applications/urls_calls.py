"""Addresses of the coordinator's call: its page, letters, questions, partners and pool."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from applications.views import call_page, inbox, letters_editing, lists, partners, pool_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("calls/<slug:slug>/page/", call_page.page, name="call_page"),
    path("calls/<slug:slug>/page/words/", call_page.words, name="call_page_words"),
    path("calls/<slug:slug>/page/dates/", call_page.dates, name="call_page_dates"),
    path("calls/<slug:slug>/page/spanish/", call_page.spanish, name="call_page_spanish"),
    path("calls/<slug:slug>/page/lines/<uuid:pk>/", call_page.line, name="page_line"),
    path("calls/<slug:slug>/page/lines/<uuid:pk>/move/", call_page.move, name="page_line_move"),
    path("calls/<slug:slug>/page/lines/<uuid:pk>/remove/", call_page.remove, name="page_line_remove"),
    path("calls/<slug:slug>/page/lines/<uuid:pk>/back/", call_page.put_back, name="page_line_back"),
    path("calls/<slug:slug>/page/<slug:part>/new/", call_page.line_new, name="page_line_new"),
    path("calls/<slug:slug>/page/<slug:part>/own/", call_page.own, name="page_own"),
    path("calls/<slug:slug>/letter-texts/", letters_editing.texts, name="letter_texts"),
    path("calls/<slug:slug>/letter-texts/<slug:name>/", letters_editing.text, name="letter_text"),
    path("calls/<slug:slug>/letter-texts/<slug:name>/standard/", letters_editing.standard, name="letter_standard"),
    path("calls/<slug:slug>/ask/", inbox.ask, name="ask"),
    path("calls/<slug:slug>/ask/thanks/", inbox.asked, name="asked"),
    path("calls/<slug:slug>/inbox/", inbox.inbox, name="inbox"),
    path("calls/<slug:slug>/inbox/<uuid:pk>/", inbox.question, name="inbox_question"),
    path("calls/<slug:slug>/inbox/<uuid:pk>/move/", inbox.move, name="inbox_move"),
    path("calls/<slug:slug>/inbox/<uuid:pk>/entry/", inbox.entry, name="inbox_entry"),
    path("calls/<slug:slug>/from/<slug:code>/", partners.come, name="from_partner"),
    path("calls/<slug:slug>/partners/", partners.partners, name="partners"),
    path("calls/<slug:slug>/partners/<uuid:pk>/", partners.partner, name="partner"),
    path("calls/<slug:slug>/partners/<uuid:pk>/code.svg", partners.qr, name="partner_qr"),
    path("calls/<slug:slug>/partners/<uuid:pk>/end/", partners.end, name="partner_end"),
    path("calls/<slug:slug>/applications/", lists.applications, name="applications_of"),
    path("calls/<slug:slug>/pool/", pool_page.pool, name="pool"),
    path("calls/<slug:slug>/pool/remind/", pool_page.remind, name="pool_remind"),
]
