"""A browser's part, played by the reference implementation: keys, slots and sealed records for tests of the server."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

import pytest
from django.test import Client

from cohort.people.models import User
from tests.conftest import signed_in
from tests.reflections.journal import journal_reference

LOWEST = 600_000


class Hand:
    """One person's journal as their browser would handle it."""

    def __init__(self, user: User, client: Client | None = None) -> None:
        self.user, self.client = user, client or signed_in(user)
        self.vault, self.key, self.recovery = os.urandom(16), os.urandom(32), os.urandom(16)
        self.gen = 1

    @property
    def proof(self) -> str:
        return journal_reference.b64u(journal_reference.write_token(self.key, self.vault, self.gen))

    def slot(self, kind: int, /, **changes: Any) -> dict[str, Any]:
        slot = {
            "v": 1,
            "kind": kind,
            "id": journal_reference.b64u(os.urandom(16)),
            "gen": self.gen,
            "it": LOWEST if kind == 1 else 0,
            "pep": 0,
            "salt": journal_reference.b64u(os.urandom(32)),
            "commit": journal_reference.b64u(os.urandom(32)),
            "iv": journal_reference.b64u(os.urandom(12)),
            "ct": journal_reference.b64u(os.urandom(48)),
        }
        return slot | changes

    def send(self, method: str, path: str, data: Any = None, proof: str | None = "own") -> Any:
        headers = {} if proof is None else {"X-Journal-Proof": self.proof if proof == "own" else proof}
        body = data if isinstance(data, bytes) else json.dumps(data)
        kind = "application/octet-stream" if isinstance(data, bytes) else "application/json"
        return self.client.generic(method, f"/journal/api/{path}", body, content_type=kind, headers=headers)

    def create(self, **changes: Any) -> Any:
        token = journal_reference.write_token(self.key, self.vault, 1)
        data = {
            "vault": journal_reference.b64u(self.vault),
            "verifier": journal_reference.b64u(hashlib.sha256(token).digest()),
            "slots": [self.slot(1), self.slot(2)],
        }
        return self.send("POST", "journal", data | changes, proof=None)

    def seal(self, text: str, record: bytes, rev: int, type_: int = 2) -> bytes:
        return journal_reference.seal_record(
            self.key,
            json.dumps({"v": 1, "body": text}),
            type_=type_,
            gen=self.gen,
            vault=self.vault,
            record=record,
            rev=rev,
            random=os.urandom,
        )

    def put(self, record: bytes, blob: bytes, base: int = 0, proof: str | None = "own") -> Any:
        return self.send("PUT", f"records/{journal_reference.b64u(record)}?base_rev={base}", blob, proof)

    def write(self, text: str) -> bytes:
        record = os.urandom(16)
        answer = self.put(record, self.seal(text, record, 1))
        assert answer.status_code == 200, answer.content
        return record

    def read(self) -> dict[bytes, str]:
        found = {}
        for row in self.client.get("/journal/api/records").json()["records"]:
            record = journal_reference.unb64u(row["id"])
            text = journal_reference.open_record(
                self.key,
                journal_reference.unb64u(row["blob"]),
                type_=row["type"],
                gen=row["gen"],
                vault=self.vault,
                record=record,
                rev=row["rev"],
            )
            found[record] = json.loads(text)["body"]
        return found


@pytest.fixture
def hand(cast: Any) -> Hand:
    """The participant's journal, set up."""
    made = Hand(cast.participant)
    assert made.create().status_code == 201
    return made
