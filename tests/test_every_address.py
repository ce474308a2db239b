"""Each address of the project gives somebody of the demo a page, or stands in a list with the reason why not.

This is the first test of a run: it makes the databases whose pages tests/browser/test_every_page.py opens.
"""

from __future__ import annotations

import pytest

from tests.browser import demo_stages
from tests.browser.finding import UNSEEN, Seen
from tests.browser.test_every_page import WALKS

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_address_gives_somebody_a_page() -> None:
    made = demo_stages.made()
    left = made["left"]
    assert {n: codes for n, codes in left.items() if not {405, 200} & set(codes) and n not in UNSEEN} == {}
    assert made["gone"] == [], "these have gone"
    shown = {(stage, demo_stages.walker(Seen(*row))) for stage, rows in made["pages"].items() for row in rows}
    assert shown == set(WALKS), "tests/browser/test_every_page.py opens the pages of these"
