"""Check-in codes that change every minute, and the mark that a check-in leaves on the phone.

The code is an HMAC of the session's secret and the minute, so nothing is stored and nothing can be guessed
from earlier codes. The code of the minute before is still taken, for slow hands.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cohort.people.models import Membership
from sessions.models import Session

PERIOD = 60  # seconds that one code is shown
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no I, L, O, 0, 1: they look alike on a wall
LENGTH = 6
COOKIE = "here"
COOKIE_AGE = 24 * 3600
_SALT = "sessions.attendance.codes"


def code_for(session: Session, at: datetime | None = None, *, periods_ago: int = 0) -> str:
    """The code of ``session`` at a moment (now when not given)."""
    period = int((at or timezone.now()).timestamp()) // PERIOD - periods_ago
    seed = hmac.digest(f"{settings.SECRET_KEY}{session.check_in_secret}".encode(), str(period).encode(), hashlib.sha256)
    number = int.from_bytes(seed[:8], "big")
    letters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(LETTERS))
        letters.append(LETTERS[place])
    return "".join(letters)


def tidy(code: str) -> str:
    """What somebody typed, in the form that we show: capitals, no spaces or dashes."""
    return "".join(code.split()).replace("-", "").upper()


def matches(session: Session, code: str, at: datetime | None = None) -> bool:
    """Whether ``code`` is this session's code of this minute or the one before."""
    typed = tidy(code).encode()
    return any(hmac.compare_digest(typed, code_for(session, at, periods_ago=periods).encode()) for periods in (0, 1))


def session_with(code: str, at: datetime | None = None) -> Session | None:
    """The session whose open room shows ``code`` now (one statement; few rooms are ever open at once)."""
    if len(tidy(code)) != LENGTH:
        return None
    open_rooms = Session.objects.filter(state=Session.State.RUNNING).select_related("cohort")
    return next((session for session in open_rooms if matches(session, code, at)), None)


def leave_mark(response: HttpResponse, session: Session, membership: Membership) -> None:
    """Remember on this phone, for a day, who checked in where: the survey opens with it in one tap."""
    response.set_cookie(
        COOKIE,
        signing.dumps([str(session.pk), str(membership.pk)], salt=_SALT),
        max_age=COOKIE_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def mark_on(request: HttpRequest) -> tuple[UUID, UUID] | None:
    """``(session id, membership id)`` of the check-in that this phone carries; None without a valid one."""
    try:
        session, membership = signing.loads(request.COOKIES[COOKIE], salt=_SALT, max_age=COOKIE_AGE)
        return UUID(session), UUID(membership)
    except (KeyError, signing.BadSignature, ValueError, TypeError):
        return None
