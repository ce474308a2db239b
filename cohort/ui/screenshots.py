"""Which pages the documentation shows. `manage.py screenshots` takes them from a running demo.

Addresses with ids differ from demo to demo, so a picture starts at an address that never changes and follows links
from there. Links are named as Playwright names things: ``text=Agenda``, ``role=link[name=/open the room/i]``, CSS.
"""

from __future__ import annotations

from dataclasses import dataclass

PHONE, LAPTOP = 360, 1280


@dataclass(frozen=True)
class Shot:
    """One picture.

    ``who`` is a role of the demo ("participant"), or the part of a demo address before the @ ("participant3"); empty
    for a visitor. ``follow`` are links and buttons to press, in order. ``whole`` takes the full length of the page.
    """

    name: str
    path: str
    who: str = ""
    width: int = LAPTOP
    scheme: str = "light"
    follow: tuple[str, ...] = ()
    whole: bool = False


SHOTS: list[Shot] = [
    Shot("home", "/"),
    Shot("home-phone-dark", "/", width=PHONE, scheme="dark"),
    Shot("call", "/calls/", follow=("main .sheet a, main .tasks a",)),
    Shot("applicant-phone", "/applications/", who="applicant", width=PHONE),
    Shot("participant", "/", who="participant"),
    Shot("participant-phone", "/", who="participant", width=PHONE),
    Shot("screening", "/screening/", who="screener"),
    Shot("facilitator", "/sessions/", who="facilitator"),
    Shot("coordinator", "/", who="coordinator"),
    Shot("library", "/library/", who="facilitator"),
    Shot("style-guide", "/dev/ui/", whole=True),
]
