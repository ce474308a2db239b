"""Every address of the project, every role: identity reaches nobody, and a tie closes every door.

The list of addresses is read from the resolver, so that a new page is held to the same promise by being there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.decisions.information_requests import actions as information_requests_actions
from applications.models import (
    AccessNeed,
    Application,
    Decision,
    FactorPolicy,
    IdentityAnswer,
    Offer,
    Recusal,
    Release,
)
from applications.review import actions as review_actions
from applications.review.calibration import actions as calibration_actions
from cohort.people.models import User
from tests.applications.pool import SECRETS, fill, make_application, make_call, make_screeners, score
from tests.applications.walk import addresses, said
from tests.conftest import join, person, signed_in

pytestmark = pytest.mark.django_db

IDENTITY = ("identity-canary", "Stairs-canary")
#: What shows who wrote an application, or what was written about it.
OWN = (
    "Quillfeather",
    "Quillhaven",
    "quill-canary",
    "Barnaby",
    "Our intake line closes",
    "Says so:",
    "Words-canary",
    "Note-canary",
    "Which clinic",
)


@pytest.fixture
def world(cast: SimpleNamespace) -> SimpleNamespace:
    """One application in the middle of everything: read, asked about, decided, released and offered; and another."""
    call = make_call(cast.cohort)
    call.cohort.seats = 5
    call.cohort.save()
    FactorPolicy.objects.get_or_create(call=call, factor="gender", defaults={"policy": "monitor"})
    writer = person("zephyrina.quillfeather", preferred_name="Zephy")
    User.objects.filter(pk=writer.pk).update(name=SECRETS["full_name"])
    writer.refresh_from_db()
    application = make_application(call, 187, applicant=writer, organization=SECRETS["org_name"])
    fill(application)
    other = make_application(call, 188)
    (second,) = make_screeners(cast.cohort, 1)
    mine = score(application, cast.screener, 4, shared_comment="Words-canary to the applicant")
    theirs = score(application, second, 3, state="started", private_note="Note-canary")
    inquiry = information_requests_actions.ask(
        application=application,
        words="Which clinic is it?",
        readers="reviewer",
        due_on=timezone.localdate() + timedelta(days=9),
        actor=cast.coordinator,
    )
    calibration = calibration_actions.start(call=call, keys=["uneven"], actor=cast.coordinator)
    example = calibration_actions.add_real(calibration=calibration, application=application, actor=cast.coordinator)
    now = timezone.now()
    release = Release.objects.create(
        call=call,
        number=1,
        state="sent",
        proposed_by=cast.coordinator,
        approved_at=now,
        sent_at=now,
        undo_until=now - timedelta(minutes=1),
    )
    Decision.objects.filter(application=application).update(superseded_at=now)
    decision = Decision.objects.create(
        application=application, value="invite", reason_code="COMMITTEE_CHOICE", release=release, note="Note-canary"
    )
    offer = Offer.objects.create(
        application=application,
        decision=decision,
        cohort=call.cohort,
        state="lapsed",
        made_at=now,
        reply_by=now - timedelta(minutes=1),
    )
    Decision.objects.create(application=other, value="waitlist", reason_code="ORG_LIMIT")
    return SimpleNamespace(
        cast=cast,
        call=call,
        application=application,
        writer=writer,
        review=mine,
        other_review=theirs,
        example=example,
        decision=decision,
        offer=offer,
        release=release,
        inquiry=inquiry,
        own={application.pk, application.number, mine.pk, theirs.pk, example.pk, decision.pk, offer.pk},
    )


def ids(world: SimpleNamespace) -> dict[str, list[Any]]:
    """What stands for each parameter of an address: the ids of the one application, wherever there is one."""
    return {
        "slug": ["north-call", "north"],
        "number": [world.application.number],
        "review": [world.review.pk],
        "example": [world.example.pk],
        "decision": [world.decision.pk],
        "release": [world.release.pk],
        "offer": [world.offer.pk],
        "asked": [1],
        "pk": [world.application.pk],
        "uuid": [world.application.pk],
        "int": [1],
        "member": [world.cast.participant.memberships.get().pk],
        "section_id": ["about_you"],
        "kind": ["access", "application_decision"],
        "what": ["identity"],
        "person": [str(world.application.pk)],
        "str": ["nothing"],
        "purpose": ["decisions"],
        "factor": ["gender"],
        "name": ["invite"],
    }


def walk(world: SimpleNamespace, user: User, methods: tuple[str, ...]) -> Iterator[tuple[str, str, int, str]]:
    client = signed_in(user)
    for path in sorted(addresses(ids(world))):
        if path.startswith(("/calls/north/", "/cohorts/north-call/")):
            continue  # no such call, no such cohort
        for method in methods:
            status, words = said(client, path, method)
            yield path, method, status, words


def test_the_list_of_addresses_is_the_whole_project(world):
    found = addresses(ids(world))
    assert len(found) > 150
    for start in ("/screening/", "/calls/", "/offers/", "/applications/", "/cohorts/", "/account/", "/sessions/"):
        assert [path for path in found if path.startswith(start)] != []


def test_identity_and_access_needs_exist_and_their_writer_sees_them(world):
    assert IdentityAnswer.objects.filter(own_words__contains=IDENTITY[0]).exists()
    assert [row.value for row in AccessNeed.objects.all()] == [SECRETS["access_text"]]
    seen = said(signed_in(world.writer), reverse("applications:copy_json", args=[world.application.pk]))[1]
    assert [piece for piece in IDENTITY if piece not in seen] == []


def test_no_address_tells_identity_or_access_needs_to_other_roles(world):
    """One person with every role that neither reads nor decides, and a superuser's mark: each page that any of these
    opens is opened."""
    user = world.cast.superuser
    for role in ("steward", "access", "facilitator", "participant"):
        join(user, world.call.cohort, role)
    leaks, opened = {}, 0
    for path, _method, status, words in walk(world, user, ("get",)):
        opened += status == 200
        if found := [piece for piece in IDENTITY if piece in words]:
            leaks[path] = found
    assert leaks == {}
    assert opened > 20


@pytest.mark.parametrize(
    ("role", "doors", "methods"),
    [("coordinator", 5, ("get", "post")), ("screener", 1, ("get",))],  # posts of a screener: review/test_blind.py
)
def test_those_who_choose_learn_no_identity_and_a_tie_closes_every_door(world, role, doors, methods):
    user = getattr(world.cast, role)
    where = addresses(ids(world))
    leaks, own_seen = {}, set()
    before = set()
    for path, method, status, words in walk(world, user, methods):
        if found := [piece for piece in IDENTITY if piece in words]:
            leaks[f"{method} {path}"] = found
        if method == "get" and status == 200 and where[path] & world.own:
            before.add(path)
            own_seen |= {piece for piece in OWN if piece in words}
    assert leaks == {}
    assert len(before) >= doors  # the doors exist, and were open
    assert "Our intake line closes" in own_seen

    review_actions.step_aside(application=world.application, person=user, kind="family", by=user)
    still_open = {}
    for path, method, status, words in walk(world, user, ("get",)):
        if path in before and status != 404:
            still_open[path] = status
        if found := [piece for piece in OWN if piece in words]:
            leaks[f"{method} {path}"] = found
    client = signed_in(user)
    about = ("/applications/", "/calls/", "/offers/", "/screening/")
    posts = {
        path: said(client, path, "post") for path in sorted(where) if where[path] & world.own and path.startswith(about)
    }
    still_open |= {f"post {path}": status for path, (status, _w) in posts.items() if status not in (403, 404, 405)}
    assert still_open == {}
    assert leaks == {}
    assert Recusal.objects.filter(application=world.application, person=user).exists()
    assert Application.objects.get(pk=world.application.pk).state == "submitted"
