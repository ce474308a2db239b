"""Addresses of reading, deciding and offering."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from applications.views import asking, calibrating, decisions, history, offers, reading, screener, welcome

urlpatterns: list[URLPattern | URLResolver] = [
    path("screening/", screener.queue, name="screening"),
    path("screening/ties/<slug:slug>/", screener.about_me, name="about_me"),
    path("screening/examples/<uuid:example>/", calibrating.example, name="example"),
    path("screening/examples/<uuid:example>/save/", calibrating.save_example, name="save_example"),
    path("screening/<uuid:review>/", screener.desk, name="desk"),
    path("screening/<uuid:review>/save/", screener.save, name="save_reading"),
    path("screening/<uuid:review>/take-back/", screener.take_back, name="take_back_reading"),
    path("screening/<uuid:review>/step-aside/", screener.step_aside, name="step_aside"),
    path("reading/", reading.index, name="reading_index"),
    path("calls/<slug:slug>/reading/", reading.overview, name="reading"),
    path("calls/<slug:slug>/calibration/", calibrating.calibration, name="calibration"),
    path("calls/<slug:slug>/reading/<int:number>/", reading.paper, name="reading_paper"),
    path("calls/<slug:slug>/reading/<int:number>/add/", reading.add, name="reading_add"),
    path("calls/<slug:slug>/reading/<int:number>/move/<uuid:review>/", reading.move, name="reading_move"),
    path("calls/<slug:slug>/reading/<int:number>/words/", reading.redact, name="reading_redact"),
    path("calls/<slug:slug>/reading/ties/<uuid:recusal>/", reading.settle_tie, name="settle_tie"),
    path("decisions/", decisions.decisions_index, name="decisions_index"),
    path("calls/<slug:slug>/decisions/", decisions.decisions, name="decisions"),
    path("calls/<slug:slug>/decisions/many/", decisions.decide_many, name="decide_many"),
    path("calls/<slug:slug>/decisions/record.csv", decisions.record, name="decision_record"),
    path("calls/<slug:slug>/decisions/draft/", decisions.draft, name="draft_decisions"),
    path("calls/<slug:slug>/decisions/<int:number>/", decisions.decision, name="decision"),
    path("calls/<slug:slug>/decisions/<int:number>/history/", history.application, name="application_history"),
    path("calls/<slug:slug>/history/", history.call, name="call_history"),
    path("calls/<slug:slug>/decisions/<int:number>/ask/", asking.ask, name="ask"),
    path("calls/<slug:slug>/decisions/<int:number>/ask/<int:asked>/", asking.take_back, name="ask_take_back"),
    path("applications/<uuid:pk>/asked/<int:asked>/", asking.answer, name="answer_asked"),
    path("calls/<slug:slug>/releases/", decisions.release_new, name="release_new"),
    path("calls/<slug:slug>/comments/", decisions.share_comments, name="share_comments"),
    path("calls/<slug:slug>/releases/<uuid:release>/", decisions.release, name="release"),
    path("calls/<slug:slug>/releases/<uuid:release>/approve/", decisions.approve, name="release_approve"),
    path("calls/<slug:slug>/releases/<uuid:release>/call-back/", decisions.call_back, name="release_call_back"),
    path("calls/<slug:slug>/letters/<uuid:decision>/", decisions.letter, name="letter"),
    path("calls/<slug:slug>/offers/", offers.offers, name="offers"),
    path("calls/<slug:slug>/offers/<uuid:offer>/replace/", offers.replace, name="offer_replace"),
    path("calls/<slug:slug>/offers/<uuid:offer>/more-days/", offers.more_days, name="offer_more_days"),
    path("offers/<uuid:offer>/", offers.offer, name="offer"),
    path("offers/<uuid:offer>/accept/", offers.accept, name="offer_accept"),
    path("offers/<uuid:offer>/decline/", offers.decline, name="offer_decline"),
    path("offers/<uuid:offer>/welcome/", welcome.welcome, name="welcome"),
    path("offers/<uuid:offer>/welcome/<slug:kind>/", welcome.do, name="welcome_do"),
    path("access-needs/", welcome.needs_index, name="needs_index"),
    path("cohorts/<slug:slug>/access-needs/", welcome.needs, name="needs"),
]
