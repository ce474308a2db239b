"""What review does when something happens in a room below it."""

from __future__ import annotations

from applications.models import Application, Call, ReaderProfile
from applications.organizations.signals import organizations_merged
from applications.review import actions, progress_queries
from cohort.people.models import Organization


def recuse_for_merged(*, call: Call, source: Organization, target: Organization, **_rest: object) -> int:
    """Readers who named either organization stay away from every application of the merged one."""
    away = 0
    theirs = list(
        Application.objects.filter(call=call, organization=target, state=Application.State.SUBMITTED).select_related(
            "call__cohort"
        )
    )
    for profile in ReaderProfile.objects.filter(cohort=call.cohort).select_related("person"):
        if {source.key, target.key} & progress_queries.tied_organizations(profile):
            for application in theirs:
                actions.step_aside(application=application, person=profile.person, kind="same_org", by=profile.person)
                away += 1
    return away


def register() -> None:
    organizations_merged.connect(recuse_for_merged, dispatch_uid="applications.review.recuse_for_merged")
