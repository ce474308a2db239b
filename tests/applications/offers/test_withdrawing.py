"""Withdrawing tells nobody what is not yet told."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from applications.apply import withdraw
from applications.models import Application, Decision, Offer
from applications.offers import actions as offers_actions
from tests.applications.pool import make_application, make_call


def offered(cast: SimpleNamespace, told_in: timedelta) -> Application:
    application = make_application(make_call(cast.cohort), 1)
    decision = Decision.objects.create(application=application, value="invite", reason_code="INVITE")
    now = timezone.now()
    Offer.objects.create(
        application=application,
        decision=decision,
        cohort=cast.cohort,
        made_at=now + told_in,
        reply_by=now + timedelta(days=7),
    )
    return application


def test_an_offer_that_is_told_is_answered_on_its_own_page(cast: SimpleNamespace) -> None:
    application = offered(cast, timedelta(minutes=-1))
    with pytest.raises(withdraw.HasPlaceError):
        withdraw.withdraw(application=application)


def test_an_offer_still_in_its_undo_time_does_not_show_by_a_refusal(cast: SimpleNamespace) -> None:
    application = offered(cast, timedelta(minutes=4))
    withdraw.withdraw(application=application)
    application.refresh_from_db()
    assert application.state == "withdrawn"
    offers_actions.lapse_due()
    assert Offer.objects.get().state == "withdrawn"
