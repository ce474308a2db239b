from __future__ import annotations

from uuid import UUID

from django.urls import URLPattern, URLResolver, path, register_converter

from reflections import wire
from reflections.views import commitments, journal, sharing, shell


class RecordId:
    """Sixteen bytes in base64url, in their only form."""

    regex = r"[A-Za-z0-9_-]{22}"

    def to_python(self, value: str) -> UUID:
        try:
            return wire.identifier(value)
        except wire.Refused as error:
            raise ValueError from error

    def to_url(self, value: UUID | str) -> str:
        return value if isinstance(value, str) else wire.b64u(value.bytes)


class Step:
    """A step of something that is done in several requests."""

    regex = "start|finish|cancel"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(RecordId, "record")
register_converter(Step, "step")

app_name = "reflections"
urlpatterns: list[URLPattern | URLResolver] = [
    path("journal/", shell.shell, name="journal"),
    path("journal/common-passwords.txt", shell.common_passwords, name="common_passwords"),
    path(".well-known/cohort-journal.json", shell.well_known, name="well_known"),
    path("journal/api/state", journal.state, name="api_state"),
    path("journal/api/prompts", journal.offered, name="api_prompts"),
    path("journal/api/journal", journal.journal, name="api_journal"),
    path("journal/api/records", journal.records, name="api_records"),
    path("journal/api/records/<record:record_id>", journal.record, name="api_record"),
    path("journal/api/slots", journal.slots, name="api_slots"),
    path("journal/api/rotation/<step:step>", journal.rotation, name="api_rotation"),
    path("journal/api/reset/<step:step>", journal.reset, name="api_reset"),
    path("shared/", sharing.copies, name="copies"),
    path("shared/new/", sharing.share, name="share"),
    path("shared/audiences/", sharing.audiences, name="audiences"),
    path("shared/<uuid:pk>/", sharing.copy, name="copy"),
    path("shared/<uuid:pk>/withdraw/", sharing.withdraw, name="withdraw"),
    path("commitments/", commitments.index, name="commitments"),
    path("commitments/new/", commitments.add, name="commit"),
    path("commitments/<uuid:pk>/", commitments.look_back, name="look_back"),
    path("commitments/<uuid:pk>/show/", commitments.show, name="show_commitment"),
    path("commitments/<uuid:pk>/remove/", commitments.remove, name="remove_commitment"),
]
