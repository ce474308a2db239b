from __future__ import annotations

import pytest

from applications.common.masking import HIDDEN, mask

WHO = {"names": ["Ana María Ruiz", "Hope"], "phrases": ["Skagit Family Clinic, Inc.", "ana@clinic.example"]}


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("I am Ana María Ruiz.", f"I am {HIDDEN}."),
        ("ANA MARÍA RUIZ said", f"{HIDDEN} said"),
        ("They call me Ruiz here.", f"They call me {HIDDEN} here."),
        ("I hope so. Hope is my name.", f"I hope so. {HIDDEN} is my name."),
        ("Anatomy and Ruizville stay.", "Anatomy and Ruizville stay."),
        ("At skagit family\nclinic inc we wait.", f"At {HIDDEN} we wait."),
        ("Mail ana@clinic.example or other.person+x@some-where.org now", f"Mail {HIDDEN} or {HIDDEN} now"),
        ("Call (360) 555-0187 or +1 360 555 0187.", f"Call {HIDDEN} or {HIDDEN}."),
        ("See https://clinic.example/me and www.clinic.example", f"See {HIDDEN} and {HIDDEN}"),
        ("In 2019 we served 1,200 people, 45 of them twice.", "In 2019 we served 1,200 people, 45 of them twice."),
        ("", ""),
    ],
)
def test_own_words_lose_own_name_and_contact(text: str, masked: str):
    assert mask(text, **WHO) == masked


def test_nothing_to_hide_changes_nothing():
    assert (
        mask("A plain sentence (with marks) – and $100.", names=["", " "], phrases=[""])
        == "A plain sentence (with marks) – and $100."
    )
