"""Somebody was away: the facilitator says how to catch up, and the person says that they have."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.urls import reverse
from django.utils import timezone

from cohort.people.models import Membership
from sessions.models import Attendance, Session
from tests.browser.conftest import axe, both_widths, shot, sign_in


def test_catch_up(page: Any, cast: SimpleNamespace) -> None:
    now = timezone.now()
    session = Session.objects.create(
        cohort=cast.cohort,
        title="Leading together",
        result="We have a map.",
        state="ended",
        place="Room B",
        starts_at=now - timedelta(hours=26),
        ends_at=now - timedelta(hours=24),
        ended_at=now - timedelta(hours=24),
        register_closed_at=now - timedelta(hours=24),
        published_at=now - timedelta(days=20),
    )
    member = Membership.objects.get(user=cast.participant)
    row = Attendance.objects.create(session=session, membership=member, state="absent")

    sign_in(page, cast.facilitator)
    page.goto(reverse("program_sessions:session", args=[session.pk]))
    page.get_by_role("link", name="Catching up").click()
    page.get_by_label("How to catch up").fill("Read the two pages, and talk with somebody who was there.")
    page.get_by_label("Last day to catch up").fill((timezone.localdate() + timedelta(days=9)).isoformat())
    axe(page)
    both_widths(page)
    shot(page, "catching_up_write")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_text("1 person was away. Caught up so far: 0.").is_visible()

    sign_in(page, cast.participant)
    page.goto(reverse("program_sessions:session", args=[session.pk]))
    page.get_by_role("link", name="Catch up on this session").click()
    axe(page)
    both_widths(page)
    shot(page, "catching_up")
    page.get_by_role("button", name="I have caught up").press("Enter")
    assert page.get_by_text("You have caught up. Thank you.").is_visible()
    row.refresh_from_db()
    assert row.state == "made_up"
