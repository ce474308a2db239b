"""Saying that two organizations of a call are one, or are not; and taking that back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Answer, Application, Call, OrganizationMatch
from applications.organizations.signals import organizations_merged
from cohort.people import history
from cohort.people.models import Organization, User, organization_key
from cohort.people.states import NotPossible


def _locked(call: Call) -> Call:
    return Call.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=call.pk)


@transaction.atomic
def merge(*, call: Call, source: Organization, target: Organization, actor: User) -> OrganizationMatch:
    """Make two organizations of a call one: the applications of ``source`` count for ``target`` from now on.

    Readers with a tie to either step aside from all of them. Both records stay.

    :raises NotPossible: it is one and the same, or one of them was merged into another already.
    """
    call = _locked(call)
    if source.pk == target.pk:
        raise NotPossible(_("Choose two different organizations."))
    merged = OrganizationMatch.objects.filter(call=call, same=True, undone_at__isnull=True)
    if merged.filter(source__in=[source, target]).exists():
        raise NotPossible(_("One of these was merged already. Take that back first, or choose the one that stayed."))
    OrganizationMatch.objects.filter(
        call=call,
        same=False,
        undone_at__isnull=True,
        source__in=[source, target],
        target__in=[source, target],
    ).update(undone_at=timezone.now(), undone_by=actor)
    mine = Application.objects.select_for_update().filter(call=call, organization=source)
    moved = sorted(str(pk) for pk in mine.values_list("pk", flat=True))
    Application.objects.filter(pk__in=moved).update(organization=target)
    made = OrganizationMatch.objects.create(call=call, source=source, target=target, same=True, moved=moved, by=actor)
    answers = organizations_merged.send(Organization, call=call, source=source, target=target)
    aside = sum(int(count or 0) for _receiver, count in answers)
    history.record(
        "call.organizations_merged",
        call,
        actor=actor,
        cohort=call.cohort,
        match=str(made.pk),
        source=str(source.pk),
        target=str(target.pk),
        moved=len(moved),
        stepped_aside=aside,
    )
    return made


@transaction.atomic
def differ(*, call: Call, first: Organization, second: Organization, actor: User) -> OrganizationMatch:
    """Keep in mind that two organizations with names that are alike are different, so that nobody is asked again.

    :raises NotPossible: it is one and the same, or they were merged.
    """
    call = _locked(call)
    if first.pk == second.pk:
        raise NotPossible(_("Choose two different organizations."))
    one, two = sorted((first, second), key=lambda organization: str(organization.pk))
    found = OrganizationMatch.objects.filter(
        call=call, undone_at__isnull=True, source__in=[one, two], target__in=[one, two]
    ).first()
    if found is not None:
        if found.same:
            raise NotPossible(_("These were merged. Take that back first."))
        return found
    made = OrganizationMatch.objects.create(call=call, source=one, target=two, same=False, by=actor)
    history.record("call.organizations_differ", call, actor=actor, cohort=call.cohort, match=str(made.pk))
    return made


@transaction.atomic
def undo(*, match: OrganizationMatch, actor: User) -> int:
    """Take back what was said. Applications that were moved go back, those that arrived under the old name since go
    there too, and those whose applicant changed the organization meanwhile stay. Readers who stepped aside stay away.

    :return: how many applications went back.
    :raises NotPossible: it was taken back, or the organization that stayed was merged into another since.
    """
    call = _locked(match.call)
    match = (
        OrganizationMatch.objects.select_for_update(of=("self",)).select_related("source", "target").get(pk=match.pk)
    )
    if match.undone_at:
        raise NotPossible(_("This was taken back already."))
    back: list[UUID] = []
    if match.same:
        later = OrganizationMatch.objects.filter(call=call, same=True, undone_at__isnull=True, source=match.target)
        if later.exists():
            raise NotPossible(_("The organization that stayed was merged into another later. Take that back first."))
        back = _going_back(call, match)
        Application.objects.filter(pk__in=back).update(organization=match.source)
    match.undone_at, match.undone_by = timezone.now(), actor
    match.save(update_fields=["undone_at", "undone_by"])
    history.record(
        "call.organizations_undone", call, actor=actor, cohort=call.cohort, match=str(match.pk), back=len(back)
    )
    return len(back)


def _going_back(call: Call, match: OrganizationMatch) -> list[UUID]:
    """Applications that stand under ``target`` because of ``match``: those that were moved and do not name ``target``
    by now, and those that arrived since under a name of ``source``."""
    there = Application.objects.select_for_update().filter(call=call, organization=match.target)
    ids = list(there.values_list("pk", flat=True))
    named = {
        pk: organization_key(value)
        for pk, value in Answer.objects.filter(application__in=ids, question="org_name").values_list(
            "application_id", "value"
        )
        if isinstance(value, str)
    }
    earlier = OrganizationMatch.objects.filter(call=call, same=True, undone_at__isnull=True, target=match.source)
    names = {match.source.key, *earlier.values_list("source__key", flat=True)}
    return [
        pk for pk in ids if named.get(pk) in names or (str(pk) in match.moved and named.get(pk) != match.target.key)
    ]
