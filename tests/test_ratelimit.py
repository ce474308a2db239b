"""The one rate limiter, and whose address it counts behind proxies."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpRequest
from django.test import RequestFactory

from cohort import ratelimit
from cohort.people.models import User

pytestmark = pytest.mark.db  # counts in Valkey


def test_uses_are_counted_for_each_name_and_person_alone() -> None:
    asks = [ratelimit.spend("ask", "one", allowed=2, seconds=3600) for _ in range(4)]
    assert asks == [True, True, False, False]
    assert ratelimit.spend("ask", "two", allowed=2, seconds=3600)
    assert ratelimit.spend("send", "one", allowed=2, seconds=3600)


def test_what_is_left_of_the_window_is_told() -> None:
    ratelimit.spend("ask", "one", allowed=1, seconds=3600)
    assert not ratelimit.spend("ask", "one", allowed=1, seconds=3600)
    assert 3000 < ratelimit.retry_after("ask", "one") <= 3600
    assert ratelimit.retry_after("ask", "nobody") == 1


def test_a_window_that_is_over_begins_anew() -> None:
    assert ratelimit.spend("ask", "one", allowed=1, seconds=3600)
    cache.clear()
    assert ratelimit.spend("ask", "one", allowed=1, seconds=3600)


def visit(remote: str, forwarded: str = "") -> HttpRequest:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers)
    request.user = AnonymousUser()
    return request


def test_an_account_counts_wherever_it_is_and_a_visitor_by_a_hash() -> None:
    request = visit("192.0.2.1")
    assert "192.0.2.1" not in ratelimit.source_of(request)
    assert ratelimit.source_of(request) == ratelimit.source_of(visit("192.0.2.1"))
    assert ratelimit.source_of(request) != ratelimit.source_of(visit("192.0.2.2"))
    request.user = User()
    assert ratelimit.source_of(request) == f"u{request.user.pk}"
    assert len(ratelimit.source_of(visit(""))) == 32


@pytest.mark.parametrize(("proxies", "same"), [(0, True), (1, False)])
def test_what_a_proxy_says_counts_only_when_it_is_trusted(settings, proxies: int, same: bool) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    one, two = visit("10.0.0.1", "192.0.2.1"), visit("10.0.0.1", "192.0.2.2")
    assert (ratelimit.source_of(one) == ratelimit.source_of(two)) is same


def test_what_a_visitor_writes_before_the_trusted_proxy_does_not_count(settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    forged = visit("10.0.0.1", "203.0.113.9, 192.0.2.1")
    assert ratelimit.source_of(forged) == ratelimit.source_of(visit("10.0.0.1", "192.0.2.1"))
