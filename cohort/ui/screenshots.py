"""Which pages the documentation shows. `start.py screenshots` takes them from a running demo.

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


CALL = "/calls/equity-in-leadership-northwest/"

SHOTS: list[Shot] = [
    Shot("home", "/"),
    Shot("call", CALL),
    Shot("call-phone-dark", CALL, width=PHONE, scheme="dark"),
    Shot("application", "/applications/", who="applicant1", follow=("main .tasks a, main .sheet a",)),
    Shot("screening", "/screening/", who="screener1", follow=("main ol.tasks a",)),
    Shot("board", f"{CALL}board/proposals/1/", who="coordinator1"),
    Shot("decisions", f"{CALL}decisions/", who="coordinator1"),
    Shot("totals", f"{CALL}totals/", who="steward1"),
    Shot("facilitator", "/", who="facilitator1"),
    Shot("session", "/sessions/", who="facilitator1", follow=("text=From activities to results",)),
    Shot("library", "/library/", who="facilitator1"),
    Shot("participant-phone", "/", who="participant1", width=PHONE),
    Shot("journal", "/journal/", who="participant1"),
]
