"""Examples of mail, made from invented facts: nobody's data is read, and nothing is stored or sent."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cohort.outbox import rendering
from cohort.outbox.models import Message
from cohort.outbox.registry import kinds, wall_time
from cohort.people.models import Cohort, User

#: Stands where an id would stand. No thing has it, so a link in an example leads nowhere.
NOTHING = uuid.UUID(int=0)
ZONE = "America/Los_Angeles"


def person(*, language: str = "en", time_zone: str = "") -> User:
    """Somebody who does not exist. Not saved."""
    return User(
        id=NOTHING,
        email="alex.rivera@example.org",
        name="Alex Rivera",
        preferred_name="Alex",
        language=language,
        time_zone=time_zone,
    )


def cohort() -> Cohort:
    """A cohort that does not exist. Not saved."""
    return Cohort(
        id=NOTHING,
        slug="example",
        name=_("Example cohort"),
        time_zone=ZONE,
        place=_("Northwest Washington"),
        contact_name="Sam Okafor",
        contact_email="sam.okafor@example.org",
        contact_phone="+1 555 0100",
    )


def day(after: int = 0, at: time = time(10)) -> datetime:
    """``at`` on the Thursday after next, or ``after`` days later: near enough to now to read like a real mail."""
    today = timezone.now().astimezone(wall_time.zone_named(ZONE)).date()
    thursday = today + timedelta(days=(3 - today.weekday()) % 7 + 7)
    return wall_time.at(thursday + timedelta(days=after), at, wall_time.zone_named(ZONE))


def address(name: str, *args: Any) -> str:
    """A full address of the page called ``name``."""
    return str(settings.SITE_URL + reverse(name, args=args))


def message(kind: kinds.MessageKind, *, language: str = "en", time_zone: str = "") -> Message:
    """A row that is not saved, to the example person."""
    outside = kind.outside
    return Message(
        id=NOTHING,
        key="example",
        kind=kind.name,
        klass=kind.klass,
        cohort=cohort(),
        due_at=timezone.now(),
        recipient=None if outside else person(language=language, time_zone=time_zone),
        email="alex.rivera@example.org" if outside else "",
        message_id="<example@example.org>",
    )


def mail(kind: kinds.MessageKind, *, language: str = "en", time_zone: str = "") -> rendering.Mail:
    """The whole mail of one kind, as its reader would get it. Makes no statement.

    :param language: of the reader; a kind to people without an account takes the site's own.
    :raises LookupError: the kind has no example.
    """
    if kind.example is None:
        raise LookupError(f"{kind.name} has no example")
    with translation.override(language):
        row = message(kind, language=language, time_zone=time_zone)
        # The real link stops something. In an example it leads to the page where one chooses.
        stop = settings.SITE_URL + reverse("outbox:preferences") if kind.stoppable else ""
        part = rendering.render(row, kind, stop, facts=kind.example(), files=False)
    return rendering.mail([(row, part)], stop)
