"""Where people heard of a call is counted by the database, whatever shape an answer has, without reading answers."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.call import pool_queries
from applications.common import call_forms
from applications.models import Answer
from cohort.questions.values import codes_of
from tests.applications.pool import make_application, make_applications, make_call

pytestmark = pytest.mark.django_db

VALUES = [
    ["email"],
    ["email", "event"],
    {"codes": ["other", "email"], "text": {"other": "event"}},
    "event",
    [],
    {"codes": []},
    ["gone_from_the_form"],
    {"codes": ["other"], "text": {"other": "email"}},
]


def test_it_counts_as_reading_every_answer_would(cast: SimpleNamespace) -> None:
    call = make_call(cast.cohort)
    codes = [option.code for option in call_forms.form_for_call(call).questions["heard_from"].options]
    names = dict(zip(("email", "event", "other"), (codes[0], codes[1], codes[-1]), strict=True))
    values = [_renamed(value, names) for value in VALUES]
    rows = make_applications(call, len(values))
    Answer.objects.bulk_create(
        [
            Answer(application=row, question="heard_from", value=value, visibility="staff")
            for row, value in zip(rows, values, strict=True)
        ]
    )
    draft = make_application(call, 99, state="draft")
    Answer.objects.create(application=draft, question="heard_from", value=[codes[0]], visibility="staff")
    with CaptureQueriesContext(connection) as ran:
        chart = pool_queries.heard(call)
    assert chart is not None
    assert chart.total == len(values)
    assert [bar.count for bar in chart.bars] == [sum(code in codes_of(value) for value in values) for code in codes]
    assert chart.bars[0].count == 3
    assert len(ran) <= 3
    assert [q["sql"] for q in ran if 'SELECT "applications_answer"."value"' in q["sql"]] == []


def _renamed(value: object, names: dict[str, str]) -> object:
    """A value with the codes that the form has."""
    if isinstance(value, dict):
        return {
            "codes": [names[c] for c in value["codes"]],
            "text": {names[c]: names.get(w, w) for c, w in value.get("text", {}).items()},
        }
    return [names.get(c, c) for c in value] if isinstance(value, list) else names[str(value)]
