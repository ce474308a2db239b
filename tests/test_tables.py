"""The tables that every process copies are those of the code as it is now."""

from __future__ import annotations

import pytest
from django.db import connection

from tests import tables


def test_any_change_of_code_makes_other_tables(tmp_path):
    (tmp_path / "requirements").mkdir()
    lock = tmp_path / tables.LOCK
    found = []
    for folder in tables.SOURCES:
        (tmp_path / folder / "migrations").mkdir(parents=True)
    lock.write_text("django==1")
    found.append(tables.code(tmp_path))
    assert tables.code(tmp_path) == found[0]
    lock.write_text("django==2")
    found.append(tables.code(tmp_path))
    for folder in tables.SOURCES:
        one = tmp_path / folder / "migrations" / "0001.py"
        for content in ("", "a", "b"):
            one.write_text(content)
            found.append(tables.code(tmp_path))
        one.rename(one.with_name("0002.py"))
        found.append(tables.code(tmp_path))
    assert len(set(found)) == len(found) == 2 + 4 * len(tables.SOURCES)


@pytest.mark.django_db
def test_what_was_copied_was_made_by_the_code_as_it_is():
    copied = connection.settings_dict["TEST"].get("TEMPLATE")
    if not copied:
        pytest.skip("each process migrates: the server is not the tests' own, or the tables are used again")
    assert tables.made_by(copied) == tables.code()
    assert tables.made_by("no-such-database") is None
