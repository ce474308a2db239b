"""Who is expected at a session."""

from __future__ import annotations

from sessions.common import queries
from sessions.models import Attendance, Session


def expect_everyone(session: Session) -> None:
    """An attendance row, not marked yet, for each current participant who has none."""
    Attendance.objects.bulk_create(
        [Attendance(session=session, membership=member) for member in queries.participants(session)],
        ignore_conflicts=True,
    )
