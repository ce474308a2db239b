"""This app is called ``program_sessions`` because Django has a Session of its own. None may point at the wrong one."""

from __future__ import annotations

from django.apps import apps
from django.contrib.sessions.models import Session as WebSession

from sessions.models import Session


def pointing_at(target: type) -> list[str]:
    """Every relation of every model, third-party ones too, that leads to ``target``."""
    return sorted(
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields(include_hidden=True)
        if field.is_relation and not field.auto_created and field.related_model is target
    )


def test_labels_are_ours() -> None:
    assert (Session._meta.app_label, WebSession._meta.app_label) == ("program_sessions", "sessions")


def test_only_accounts_point_at_web_sessions() -> None:
    assert pointing_at(WebSession) == []


def test_our_relations_are_found() -> None:
    """The walk above sees relations at all: it finds the blocks."""
    assert "program_sessions.Block.session" in pointing_at(Session)
