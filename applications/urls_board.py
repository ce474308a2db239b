"""Addresses of the representation board."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from applications.views import balance, board, outreach, scenarios

urlpatterns: list[URLPattern | URLResolver] = [
    path("calls/<slug:slug>/board/", board.board, name="board"),
    path("calls/<slug:slug>/board/ask/", board.ask, name="board_ask"),
    path("calls/<slug:slug>/board/compare/", board.compare, name="board_compare"),
    path("calls/<slug:slug>/board/missing/", outreach.outreach, name="outreach"),
    path("calls/<slug:slug>/board/targets/", balance.targets, name="targets"),
    path("calls/<slug:slug>/board/targets/preset/", balance.preset, name="targets_preset"),
    path("calls/<slug:slug>/board/targets/<uuid:pk>/remove/", balance.remove_target, name="target_remove"),
    path("calls/<slug:slug>/board/factors/<slug:factor>/policy/", balance.policy, name="factor_policy"),
    path("calls/<slug:slug>/board/factors/<slug:factor>/new/", balance.target, name="target_new"),
    path("calls/<slug:slug>/board/factors/<slug:factor>/<uuid:pk>/", balance.target, name="target"),
    path("calls/<slug:slug>/board/rules/", balance.rules, name="board_rules"),
    path("calls/<slug:slug>/board/rules/pins/<uuid:pk>/remove/", balance.unpin, name="unpin"),
    path("calls/<slug:slug>/board/rules/apart/<uuid:pk>/remove/", balance.let_together, name="let_together"),
    path("calls/<slug:slug>/board/proposals/<int:number>/", board.proposal, name="proposal"),
    path("calls/<slug:slug>/board/proposals/<int:number>/status/", board.status, name="proposal_status"),
    path("calls/<slug:slug>/board/proposals/<int:number>/cancel/", board.cancel, name="proposal_cancel"),
    path("calls/<slug:slug>/board/proposals/<int:number>/note/", board.note, name="proposal_note"),
    path("calls/<slug:slug>/board/proposals/<int:number>/why/", board.why, name="proposal_why"),
    path("calls/<slug:slug>/board/proposals/<int:number>/change/", board.change, name="proposal_change"),
    path("calls/<slug:slug>/board/proposals/<int:number>/keep/", scenarios.keep_swap, name="keep_swap"),
    path("calls/<slug:slug>/board/proposals/<int:number>/keep/<int:group>/", scenarios.keep_group, name="keep_group"),
    path("calls/<slug:slug>/board/proposals/<int:number>/comments/", scenarios.comment, name="proposal_comment"),
    path(
        "calls/<slug:slug>/board/proposals/<int:number>/comments/<uuid:pk>/",
        scenarios.comment_edit,
        name="comment_edit",
    ),
    path(
        "calls/<slug:slug>/board/proposals/<int:number>/comments/<uuid:pk>/remove/",
        scenarios.comment_remove,
        name="comment_remove",
    ),
    path("calls/<slug:slug>/board/proposals/<int:number>/ask/<slug:key>/", board.question, name="proposal_question"),
]
