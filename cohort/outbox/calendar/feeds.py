"""A person's own calendar, for a calendar program to read by a secret address.

The apps that own dates register a provider; this module never names them. The address is made from the site's secret
key and a salt that is kept per person, so that it can be shown again, while the database alone opens nothing: it
holds only the hash. A new salt makes a new address, and the old one is gone at once.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from cohort import ratelimit
from cohort.outbox.calendar import ics
from cohort.outbox.models import CalendarFeed
from cohort.people import history
from cohort.people.models import User
from cohort.registers import Register

Provider = Callable[[User], Iterable[ics.Entry]]

#: Providers ``user -> entries`` that this person, and nobody else, may see. Titles are neutral.
PROVIDERS: Register[Provider] = Register("providers of calendar entries")
register = PROVIDERS.register

PER_HOUR = 60  # questions to one address; calendar programs ask every few hours
HOUR = 3600


def entries_for(user: User) -> list[ics.Entry]:
    """All entries of all apps, by time."""
    found = [entry for provider in PROVIDERS for entry in provider(user)]
    return sorted(found, key=lambda entry: (entry.starts, entry.uid))


# ---------------------------------------------------------------- the address


def _token(feed: CalendarFeed, key: str) -> str:
    return salted_hmac(
        "cohort.outbox.calendar.feeds", f"{feed.user_id}:{feed.salt}", secret=key, algorithm="sha256"
    ).hexdigest()


def _hash(token: str) -> str:
    return hashlib.sha256(f"calendar:{token}".encode()).hexdigest()


def address_of(feed: CalendarFeed) -> str:
    """The full address; empty when the site's secret key has changed since it was made (it still works)."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = _token(feed, key)
        if secrets.compare_digest(_hash(token), feed.token_hash):
            return str(settings.SITE_URL + reverse("outbox:calendar_feed", args=[token]))
    return ""


def feed_of(user: User) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(user=user).first()


def find(token: str) -> CalendarFeed | None:
    """The feed that ``token`` opens, with its person; None when it is unknown, stopped or replaced."""
    return CalendarFeed.objects.filter(token_hash=_hash(token), user__is_active=True).select_related("user").first()


def asked_too_often(token: str) -> bool:
    """Whether this address, real or guessed, was asked for more than sixty times in an hour. Makes no statement."""
    return not ratelimit.spend("calendar", _hash(token), allowed=PER_HOUR, seconds=HOUR)


# ---------------------------------------------------------------- what a person does


@transaction.atomic
def renew(*, user: User) -> CalendarFeed:
    """Make an address, or a new one in place of the old, which stops at once."""
    User.objects.select_for_update().get(pk=user.pk)
    feed = CalendarFeed.objects.filter(user=user).first() or CalendarFeed(user=user)
    again = not feed._state.adding
    feed.salt, feed.made_at = secrets.token_hex(16), timezone.now()
    feed.token_hash = _hash(_token(feed, settings.SECRET_KEY))
    feed.save()
    history.record("calendar.renewed" if again else "calendar.made", feed, actor=user)
    return feed


@transaction.atomic
def stop(*, user: User) -> bool:
    """End the address at once. Returns whether there was one."""
    feed = CalendarFeed.objects.select_for_update().filter(user=user).first()
    if feed is None:
        return False
    history.record("calendar.stopped", feed, actor=user)
    feed.delete()
    return True


# ---------------------------------------------------------------- what a calendar program reads


@dataclass(frozen=True)
class File:
    """A calendar file. ``tag`` changes with its content, and ``changed_at`` says when that was."""

    content: bytes
    tag: str
    changed_at: datetime


def file_of(feed: CalendarFeed) -> File:
    """The calendar of one person, in their language. The same content gives the same bytes.

    Writes only when the content is another one than last time, to remember when that happened: an entry may also
    change because it went away, or because another session moved before it.
    """
    with translation.override(feed.user.language):
        content = ics.feed(entries_for(feed.user), name=_("Cohort: my sessions"), stamp=feed.made_at)
    tag = hashlib.sha256(content).hexdigest()
    if tag != feed.content_hash or feed.changed_at is None:
        feed.content_hash, feed.changed_at = tag, timezone.now()
        CalendarFeed.objects.filter(pk=feed.pk).update(content_hash=tag, changed_at=feed.changed_at)
    return File(content, tag, feed.changed_at)
