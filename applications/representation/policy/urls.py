"""Addresses of representation / policy."""

from __future__ import annotations

from django.urls import URLPattern, path

from applications.representation.policy import target_views, views

urlpatterns: list[URLPattern] = [
    path("calls/<slug:slug>/policy/", views.steps, name="policy"),
    path("calls/<slug:slug>/chosen-by/", views.chosen_by, name="chosen_by"),
    path("calls/<slug:slug>/policy/law/", views.law_page, name="policy_law"),
    path("calls/<slug:slug>/policy/profile/", views.profile, name="policy_profile"),
    path("calls/<slug:slug>/policy/suggestions/", views.suggestions, name="policy_suggestions"),
    path("calls/<slug:slug>/policy/factors/<slug:factor>/", views.factor, name="policy_factor"),
    path("calls/<slug:slug>/policy/changes/<uuid:pk>/", views.change, name="rule_change"),
    path("calls/<slug:slug>/policy/changes/<uuid:pk>/settle/", views.settle, name="rule_settle"),
    path("calls/<slug:slug>/policy/record/", views.record, name="policy_record"),
    path("calls/<slug:slug>/policy/record.csv", views.record_file, {"kind": "csv"}, name="policy_record_csv"),
    path("calls/<slug:slug>/policy/record.json", views.record_file, {"kind": "json"}, name="policy_record_json"),
    path("calls/<slug:slug>/board/targets/", target_views.targets, name="targets"),
    path("calls/<slug:slug>/board/targets/preset/", target_views.preset, name="targets_preset"),
    path("calls/<slug:slug>/board/targets/<uuid:pk>/remove/", target_views.remove_target, name="target_remove"),
    path("calls/<slug:slug>/board/factors/<slug:factor>/policy/", target_views.policy, name="factor_policy"),
    path("calls/<slug:slug>/board/factors/<slug:factor>/new/", target_views.target, name="target_new"),
    path("calls/<slug:slug>/board/factors/<slug:factor>/<uuid:pk>/", target_views.target, name="target"),
    path("calls/<slug:slug>/board/rules/", target_views.rules, name="board_rules"),
    path("calls/<slug:slug>/board/rules/pins/<uuid:pk>/remove/", target_views.unpin, name="unpin"),
    path("calls/<slug:slug>/board/rules/apart/<uuid:pk>/remove/", target_views.let_together, name="let_together"),
]
