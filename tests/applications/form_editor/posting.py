"""Post the question editor as a browser would: everything that the page shows, with some of it changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from applications.form_definition import edits
from applications.form_definition.validation import rows
from applications.form_editor import queries as form_editor_queries
from applications.form_editor.forms import QuestionForm
from applications.form_editor.presenters import mark
from applications.models import Call


def as_posted(form: QuestionForm) -> QueryDict:
    """What the browser posts for a form that was only drawn."""
    data = QueryDict(mutable=True)
    for name in form.fields:
        _put(data, f"q-{name}", form[name].value())
    for row in (*form.options, *form.columns, *form.extra, *form.parts, *form.conditions):
        for name in row.fields:
            _put(data, f"{row.prefix}-{name}", row[name].value())
    return data


def _put(data: QueryDict, name: str, value: Any) -> None:
    if isinstance(value, list):
        data.setlist(name, value)
    elif value not in (None, False):
        data[name] = "on" if value is True else str(value)


def editor(call: Call, name: str) -> QuestionForm:
    work = form_editor_queries.work(call)
    place = edits.find(work.definition, name)
    return QuestionForm(
        work.definition, part=place.section["id"], raw=place.question, how=place.how, published=work.published
    )


def post_for(call: Call, name: str, changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The post that saves question ``name`` with ``changes`` (field names as posted; None leaves one out)."""
    data = dict(as_posted(editor(call, name)).lists())
    data["base"] = [mark(edits.find(form_editor_queries.work(call).definition, name).question)]
    for key, value in (changes or {}).items():
        if value is None:
            data.pop(key, None)
        else:
            data[key] = value if isinstance(value, list) else [value]
    return data


def codes(call: Call, name: str) -> list[str]:
    return [
        o["code"] for o in rows(edits.find(form_editor_queries.work(call).definition, name).question.get("options"))
    ]
