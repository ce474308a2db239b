"""The tables that a new database gets are those that the models describe."""

from __future__ import annotations

import pgtrigger
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

from cohort.migrating import CreateTogether

OURS = ["people", "outbox", "applications", "program_sessions", "reflections"]
FOREIGN = """
    SELECT t.relname, a.attname FROM pg_constraint c
    JOIN pg_class t ON t.oid = c.conrelid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'f'
"""


def tables() -> list[type[models.Model]]:
    return [model for label in OURS for model in apps.get_app_config(label).get_models(include_auto_created=True)]


@pytest.mark.django_db
def test_every_rule_and_index_of_a_model_is_in_the_database() -> None:
    missing = []
    with connection.cursor() as cursor:
        for model in tables():
            there = connection.introspection.get_constraints(cursor, model._meta.db_table)
            named = [*model._meta.constraints, *model._meta.indexes]
            missing += [f"{model._meta.label}: {thing.name}" for thing in named if thing.name not in there]
    assert missing == []


@pytest.mark.django_db
def test_every_trigger_of_a_model_is_in_the_database() -> None:
    found = {trigger.name: trigger.get_installation_status(model) for model, trigger in pgtrigger.registered()}
    assert found == {
        "form_version_frozen": ("INSTALLED", True),
        "history_append_only": ("INSTALLED", True),
        "letter_text_append_only": ("INSTALLED", True),
        "rule_settled": ("INSTALLED", True),
        "run_event_append_only": ("INSTALLED", True),
    }


@pytest.mark.django_db
def test_every_foreign_key_is_held_by_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(FOREIGN)
        held = set(cursor.fetchall())
    wanted = {
        (model._meta.db_table, field.column)
        for model in tables()
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and field.db_constraint
    }
    assert wanted - held == set()
    assert len(wanted) > 100


def test_only_a_first_migration_makes_its_tables_together() -> None:
    loader = MigrationLoader(None)
    using = {
        key
        for key, migration in loader.disk_migrations.items()
        if any(isinstance(operation, CreateTogether) for operation in migration.operations)
    }
    assert using == {(label, "0001_initial") for label in OURS}


@pytest.mark.django_db
def test_the_statements_can_be_read_without_running_them(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("sqlmigrate", "outbox", "0001", "--no-color")
    assert 'CREATE TABLE "outbox_message"' in capsys.readouterr().out
