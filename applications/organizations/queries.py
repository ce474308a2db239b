"""Organizations that people of one call come from: how many applied from each, which may be the same, what was merged.

Both names stay on record; a merge moves the applications of one call. Where somebody names the merged organization
later, :func:`standing` leads to the one that stayed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count

from applications.models import Application, Call, OrganizationMatch, SelectionRules
from applications.organizations import matching
from cohort.people.models import Cohort, Organization


@dataclass(frozen=True)
class OrganizationRow:
    """One organization of a call with its number of sent applications."""

    id: UUID
    name: str
    key: str
    sent: int


@dataclass(frozen=True)
class MergeSuggestion:
    """Two organizations whose names are alike. ``why``: words, inside, near or letters."""

    first: OrganizationRow
    second: OrganizationRow
    why: str


def rows(call: Call, hidden: Collection[UUID] = ()) -> list[OrganizationRow]:
    """Organizations that sent applications name, by name (one statement). Applications in ``hidden`` do not count: who
    must stay away from one does not learn where its writer works."""
    found = (
        Application.objects.filter(call=call, state=Application.State.SUBMITTED, organization__isnull=False)
        .exclude(pk__in=list(hidden))
        .values("organization_id", "organization__name", "organization__key")
        .annotate(sent=Count("pk"))
        .order_by("organization__name")
    )
    return [
        OrganizationRow(r["organization_id"], r["organization__name"], r["organization__key"], r["sent"]) for r in found
    ]


def live(call: Call) -> list[OrganizationMatch]:
    """What was said about organizations of a call and still holds, newest first (one statement)."""
    return list(
        OrganizationMatch.objects.filter(call=call, undone_at__isnull=True)
        .select_related("source", "target", "by")
        .order_by("-at")
    )


def suggestions(found: Iterable[OrganizationRow], said: Iterable[OrganizationMatch]) -> list[MergeSuggestion]:
    """Pairs to look at, most alike first; those that somebody called different are left out (no statement)."""
    by_id = {row.id: row for row in found}
    settled = {frozenset((match.source_id, match.target_id)) for match in said if not match.same}
    pairs = matching.pairs({row.id: row.key for row in by_id.values()})
    result = []
    for pair in pairs:
        if frozenset((pair.first, pair.second)) not in settled:
            one, two = by_id[pair.first], by_id[pair.second]  # type: ignore[index]  # the keys are ids
            if (two.sent, len(two.name)) > (one.sent, len(one.name)):
                one, two = two, one
            result.append(MergeSuggestion(one, two, pair.why))
    return result


# ---------------------------------------------------------------- where a merged one leads


def standing(call: Call, organization: Organization | None) -> Organization | None:
    """The organization that counts in ``call`` for one that an applicant named, merges followed (one statement)."""
    if organization is None:
        return None
    merged = {
        m.source_id: m.target
        for m in OrganizationMatch.objects.filter(call=call, same=True, undone_at__isnull=True).select_related("target")
    }
    for _step in range(len(merged)):
        organization = merged.get(organization.pk, organization)
    return organization


def widened(cohort: Cohort, keys: Iterable[str]) -> set[str]:
    """Folded names together with those of the organizations that theirs were merged into (one statement)."""
    merged = merged_keys(cohort)
    return {*keys, *(merged[key] for key in keys if key in merged)}


def merged_keys(cohort: Cohort) -> dict[str, str]:
    """Folded name of the organization that stayed, by that of the one merged into it (one statement)."""
    names = dict(
        OrganizationMatch.objects.filter(call__cohort=cohort, same=True, undone_at__isnull=True).values_list(
            "source__key", "target__key"
        )
    )
    found = {}
    for source, target in names.items():
        for _step in range(len(names)):
            target = names.get(target, target)
        found[source] = target
    return found


# ---------------------------------------------------------------- what a merge would do


@dataclass(frozen=True)
class MergeEffect:
    """What merging would do: which applications move, how many come from the organization then, and the limit."""

    source: Organization
    target: Organization
    numbers: list[str]
    hidden: int
    together: int
    cap: int
    most: int

    @property
    def over(self) -> bool:
        return bool(self.cap) and self.together > self.cap

    @property
    def never(self) -> bool:
        """More than a proposal may ever choose together."""
        return bool(self.most) and self.together > self.most


def effect(call: Call, source: Organization, target: Organization, hidden: Collection[UUID]) -> MergeEffect:
    """What merging ``source`` into ``target`` would do in ``call`` (three statements)."""
    sent = Application.objects.filter(call=call, state=Application.State.SUBMITTED)
    moving = list(sent.filter(organization=source).order_by("number").values_list("pk", "number"))
    there = sent.filter(organization=target).count()
    given = SelectionRules.objects.filter(call=call).first() or SelectionRules(call=call)
    return MergeEffect(
        source=source,
        target=target,
        numbers=[f"{n:04d}" for pk, n in moving if pk not in hidden],
        hidden=sum(pk in hidden for pk, _n in moving),
        together=there + len(moving),
        cap=given.org_cap,
        most=given.org_cap if given.org_cap_hard else given.org_max,
    )


def in_call(call: Call, pk: Any) -> Organization | None:
    """An organization that some application of the call names."""
    return (
        Organization.objects.filter(pk=pk)
        .filter(pk__in=Application.objects.filter(call=call).values("organization_id"))
        .first()
    )
