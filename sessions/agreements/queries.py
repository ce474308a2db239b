"""Reads of agreements."""

from __future__ import annotations

from uuid import UUID

from sessions.models import (
    Agreement,
)


def agreements_in_force(cohort_id: UUID) -> list[Agreement]:
    return list(Agreement.objects.filter(cohort_id=cohort_id, retired_at__isnull=True).order_by("position", "name"))
