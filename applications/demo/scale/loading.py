"""Make the call of invented applications, piece by piece, and take it away again. Memory does not grow with N."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from uuid import UUID

from django.db import connection, transaction

from applications.common.call_forms import default_definition, default_rubric
from applications.demo.scale import people, rows
from applications.demo.scale.people import CLOSES, DOMAIN, OPENS, key
from applications.demo.scale.rows import DECIDED, TABLES, TOLD, Setting
from applications.form_definition.dialect import load as load_form
from applications.models import Application, Call, FormVersion, Release, RubricVersion
from cohort.people.models import Cohort, Membership, Organization, Role, User

SLUG = "scale"
MOST = 100_000
AT_ONCE = 1000  # applications in one transaction
READERS = 12
Progress = Callable[[int, int], None]


def exists() -> bool:
    return Call.objects.filter(slug=SLUG).exists() or Cohort.objects.filter(slug=SLUG).exists()


def load(*, applications: int, seed: int, progress: Progress, coordinator: User | None = None) -> Call:
    """Make the cohort, its call and ``applications`` applications. The same number and seed give the same rows.

    Only counting keys (of answers, scores, consents) are as the database gives them. Whatever was made before an
    error stays and is taken away with :func:`remove`.
    """
    setting, call = _call(applications, seed, coordinator)
    for first in range(0, applications, AT_ONCE):
        last = min(first + AT_ONCE, applications)
        made = rows.rows_of(setting, first, last)
        with transaction.atomic():
            for name, table in TABLES.items():
                table.write(made[name])
        progress(last, applications)
    with connection.cursor() as cursor:  # or the planner would go on believing that the tables are empty
        for table in TABLES.values():
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table.model._meta.db_table)}")
    return call


@transaction.atomic
def _call(applications: int, seed: int, coordinator: User | None) -> tuple[Setting, Call]:
    cohort = Cohort.objects.create(
        id=key(seed, "cohort", 0),
        slug=SLUG,
        name="A trial of size",
        state=Cohort.State.RECRUITING,
        region="nw_washington",
        place="Northwest Washington",
        issue="health equity",
        seats=15,
        contact_name="Nobody",
        contact_email=f"nobody@{DOMAIN}",
    )
    call = Call.objects.create(
        id=key(seed, "call", 0),
        cohort=cohort,
        slug=SLUG,
        state=Call.State.CLOSED,
        opens_at=OPENS,
        closes_at=CLOSES,
        title=f"{applications:,} invented applications",
        decisions_on=dt.date(2026, 11, 20),
        created_at=OPENS,
        summary="Nobody in this call exists. It shows how pages behave at size.",
    )
    definition, rubric = default_definition(cohort), default_rubric()
    version = FormVersion.objects.create(id=key(seed, "form", 0), call=call, definition=definition, made_at=OPENS)
    RubricVersion.objects.create(id=key(seed, "rubric", 0), call=call, definition=rubric, made_at=OPENS)
    staff = User.objects.bulk_create(
        [
            User(
                id=key(seed, "user", 10_000_000 + n),
                email=f"{name}@{DOMAIN}",
                name=words,
                date_joined=OPENS,
                password=rows.unusable(name),
            )
            for n, (name, words) in enumerate(
                [
                    ("coordinator", "Invented Coordinator"),
                    *((f"reader{n}", f"Invented Reader {n}") for n in range(1, READERS + 1)),
                ]
            )
        ]
    )
    roles = [(staff[0], Role.COORDINATOR), *((one, Role.SCREENER) for one in staff[1:])]
    if coordinator is not None:
        roles.append((coordinator, Role.COORDINATOR))
    Membership.objects.bulk_create(
        [
            Membership(id=key(seed, "membership", n), cohort=cohort, user=user, role=role, joined_at=OPENS)
            for n, (user, role) in enumerate(roles)
        ]
    )
    release = Release.objects.create(
        id=key(seed, "release", 0),
        call=call,
        number=1,
        state=Release.State.SENT,
        proposed_by=staff[0],
        proposed_at=DECIDED,
        approved_by=staff[0],
        approved_at=DECIDED,
        undo_until=TOLD,
        sent_at=TOLD,
    )
    places = [people.organization(seed, n) for n in range(min(max(applications // 20, 10), 4000))]
    TABLES["organizations"].write(rows.organizations(places))
    setting = Setting(
        seed=seed,
        call=call.pk,
        version=version.pk,
        form=load_form(definition),
        organizations=places,
        readers=[one.pk for one in staff[1:]],
        coordinator=staff[0].pk,
        release=release.pk,
        criteria=[item["id"] for item in rubric["criteria"]],
    )
    return setting, call


def remove(*, progress: Progress) -> dict[str, int]:
    """Take away everything that :func:`load` made, and only that. How many applications, people and organizations."""
    call = Call.objects.filter(slug=SLUG).first()
    if call is not None and not str(call.pk).startswith(people.MARK):
        raise ValueError("This call was not made here.")
    mine = Application.objects.filter(call=call) if call else Application.objects.none()
    total, gone = mine.count(), 0
    for batch in _batches(mine.order_by("number").values_list("pk", flat=True)):
        Application.objects.filter(pk__in=batch).delete()
        gone += len(batch)
        progress(gone, total)
    Cohort.objects.filter(slug=SLUG, pk__gte=_first("cohort"), pk__lte=_last("cohort")).delete()
    count = {"applications": gone, "people": 0, "organizations": 0}
    for name, found in (
        ("people", User.objects.filter(pk__gte=_first("user"), pk__lte=_last("user"), email__endswith="@" + DOMAIN)),
        ("organizations", Organization.objects.filter(pk__gte=_first("organization"), pk__lte=_last("organization"))),
    ):
        for batch in _batches(found.order_by("pk").values_list("pk", flat=True)):
            found.filter(pk__in=batch).delete()
            count[name] += len(batch)
    return count


def _batches(ids: object) -> Iterator[list[UUID]]:
    while batch := list(ids[:AT_ONCE]):  # type: ignore[index]  # a queryset; asked anew, since the last ones are gone
        yield batch


def _first(kind: str) -> UUID:
    return UUID(hex=f"{people.MARK}{people.KINDS.index(kind):02x}".ljust(32, "0"))


def _last(kind: str) -> UUID:
    return UUID(hex=f"{people.MARK}{people.KINDS.index(kind):02x}".ljust(32, "f"))
