"""Addresses of this app: one list per room."""

from __future__ import annotations

from django.urls import include, path

app_name = "applications"
urlpatterns = [
    path("", include("applications.call.urls")),
    path("", include("applications.apply.urls")),
    path("", include("applications.apply.employer.urls")),
    path("", include("applications.call.page.urls")),
    path("", include("applications.call.letters.urls")),
    path("", include("applications.call.inbox.urls")),
    path("", include("applications.call.partners.urls")),
    path("", include("applications.records.applications.urls")),
    path("", include("applications.review.urls")),
    path("", include("applications.review.calibration.urls")),
    path("", include("applications.decisions.urls")),
    path("", include("applications.records.audit_log.urls")),
    path("", include("applications.decisions.information_requests.urls")),
    path("", include("applications.offers.urls")),
    path("", include("applications.offers.onboarding.urls")),
    path("", include("applications.representation.proposals.urls")),
    path("", include("applications.representation.outreach.urls")),
    path("", include("applications.representation.policy.urls")),
    path("", include("applications.records.exports.urls")),
    path("", include("applications.organizations.urls")),
    path("", include("applications.records.identity_totals.urls")),
    path("", include("applications.form_editor.urls")),
]
