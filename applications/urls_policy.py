"""Addresses of the policy step, exports, and the matching of organizations."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from applications.views import exports, organizations, policy

urlpatterns: list[URLPattern | URLResolver] = [
    path("calls/<slug:slug>/policy/", policy.steps, name="policy"),
    path("calls/<slug:slug>/chosen-by/", policy.chosen_by, name="chosen_by"),
    path("calls/<slug:slug>/policy/law/", policy.law_page, name="policy_law"),
    path("calls/<slug:slug>/policy/profile/", policy.profile, name="policy_profile"),
    path("calls/<slug:slug>/policy/suggestions/", policy.suggestions, name="policy_suggestions"),
    path("calls/<slug:slug>/policy/factors/<slug:factor>/", policy.factor, name="policy_factor"),
    path("calls/<slug:slug>/policy/changes/<uuid:pk>/", policy.change, name="rule_change"),
    path("calls/<slug:slug>/policy/changes/<uuid:pk>/settle/", policy.settle, name="rule_settle"),
    path("calls/<slug:slug>/policy/record/", policy.record, name="policy_record"),
    path("calls/<slug:slug>/policy/record.csv", policy.record_file, {"kind": "csv"}, name="policy_record_csv"),
    path("calls/<slug:slug>/policy/record.json", policy.record_file, {"kind": "json"}, name="policy_record_json"),
    path("calls/<slug:slug>/exports/", exports.exports, name="exports"),
    path("calls/<slug:slug>/exports/<slug:purpose>/", exports.dictionary_page, name="export_dictionary"),
    path(
        "calls/<slug:slug>/exports/<slug:purpose>/dictionary.csv",
        exports.dictionary_file,
        name="export_dictionary_file",
    ),
    path("calls/<slug:slug>/exports/<slug:purpose>/file.<slug:form>", exports.export, name="export"),
    path("calls/<slug:slug>/organizations/", organizations.organizations, name="organizations"),
    path("calls/<slug:slug>/organizations/merge/", organizations.merge, name="organization_merge"),
    path("calls/<slug:slug>/organizations/differ/", organizations.differ, name="organization_differ"),
    path("calls/<slug:slug>/organizations/<uuid:pk>/undo/", organizations.undo, name="organization_undo"),
]
