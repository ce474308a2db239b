"""Addresses of representation / proposals."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.representation.proposals import scenario_views, views

urlpatterns: list[URLPattern] = [
    path("calls/<slug:slug>/board/", views.board, name="board"),
    path("calls/<slug:slug>/board/ask/", views.ask, name="board_ask"),
    path("calls/<slug:slug>/board/compare/", views.compare, name="board_compare"),
    path("calls/<slug:slug>/board/proposals/<int:number>/", views.proposal, name="proposal"),
    path("calls/<slug:slug>/board/proposals/<int:number>/status/", views.status, name="proposal_status"),
    path("calls/<slug:slug>/board/proposals/<int:number>/cancel/", views.cancel, name="proposal_cancel"),
    path("calls/<slug:slug>/board/proposals/<int:number>/note/", views.note, name="proposal_note"),
    path("calls/<slug:slug>/board/proposals/<int:number>/why/", views.why, name="proposal_why"),
    path("calls/<slug:slug>/board/proposals/<int:number>/change/", views.change, name="proposal_change"),
    path("calls/<slug:slug>/board/proposals/<int:number>/keep/", scenario_views.keep_swap, name="keep_swap"),
    path(
        "calls/<slug:slug>/board/proposals/<int:number>/keep/<int:group>/", scenario_views.keep_group, name="keep_group"
    ),
    path("calls/<slug:slug>/board/proposals/<int:number>/comments/", scenario_views.comment, name="proposal_comment"),
    path(
        "calls/<slug:slug>/board/proposals/<int:number>/comments/<uuid:pk>/",
        scenario_views.comment_edit,
        name="comment_edit",
    ),
    path(
        "calls/<slug:slug>/board/proposals/<int:number>/comments/<uuid:pk>/remove/",
        scenario_views.comment_remove,
        name="comment_remove",
    ),
    path("calls/<slug:slug>/board/proposals/<int:number>/ask/<slug:key>/", views.question, name="proposal_question"),
]
