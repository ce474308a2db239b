"""How an email address is recognized without being kept."""

from __future__ import annotations

import hashlib


def address_hash(email: str) -> str:
    """SHA-256 of the folded address, so that a list of bad addresses is not a list of addresses."""
    return hashlib.sha256(f"address:{email.strip().lower()}".encode()).hexdigest()
