"""Addresses of journal."""

from __future__ import annotations

from uuid import UUID

from django.urls import URLPattern, path, register_converter

from reflections.journal import page_views, views, wire_format


class RecordId:
    """Sixteen bytes in base64url, in their only form."""

    regex = r"[A-Za-z0-9_-]{22}"

    def to_python(self, value: str) -> UUID:
        try:
            return wire_format.identifier(value)
        except wire_format.Refused as error:
            raise ValueError from error

    def to_url(self, value: UUID | str) -> str:
        return value if isinstance(value, str) else wire_format.b64u(value.bytes)


class Step:
    """A step of something that is done in several requests."""

    regex = "start|finish|cancel"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(RecordId, "record")
register_converter(Step, "step")

urlpatterns: list[URLPattern] = [
    path("journal/", page_views.shell, name="journal"),
    path("journal/common-passwords.txt", page_views.common_passwords, name="common_passwords"),
    path(".well-known/cohort-journal.json", page_views.well_known, name="well_known"),
    path("journal/api/state", views.state, name="api_state"),
    path("journal/api/prompts", views.offered, name="api_prompts"),
    path("journal/api/journal", views.journal, name="api_journal"),
    path("journal/api/records", views.records, name="api_records"),
    path("journal/api/records/<record:record_id>", views.record, name="api_record"),
    path("journal/api/slots", views.slots, name="api_slots"),
    path("journal/api/rotation/<step:step>", views.rotation, name="api_rotation"),
    path("journal/api/reset/<step:step>", views.reset, name="api_reset"),
]
