"""The triggers that the models declare take the place of those written by hand, in tables that have rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.apps.registry import Apps
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

BEFORE = [
    ("applications", "0003_sealed_lists_and_second_language"),
    ("people", "0004_cohort_version"),
    ("program_sessions", "0003_told_before"),
]
AFTER = [("applications", "0004_triggers"), ("people", "0005_triggers"), ("program_sessions", "0004_triggers")]
BY_HAND = {
    ("applications_formversion", "applications_formversion_frozen"),
    ("applications_lettertext", "applications_lettertext_append_only"),
    ("applications_rulechange", "applications_rulechange_settled"),
    ("people_historyentry", "people_history_append_only"),
    ("program_sessions_runevent", "program_sessions_event_append_only"),
}
DECLARED = {
    ("applications_formversion", "pgtrigger_form_version_frozen_ce7a9"),
    ("applications_lettertext", "pgtrigger_letter_text_append_only_abe75"),
    ("applications_rulechange", "pgtrigger_rule_settled_3a346"),
    ("people_historyentry", "pgtrigger_history_append_only_d1ee4"),
    ("program_sessions_runevent", "pgtrigger_run_event_append_only_29506"),
}


def migrate(targets: list[tuple[str, str]]) -> Apps:
    """Migrate the database to ``targets``; returns the models as they are there."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def before(transactional_db: None) -> Iterator[Apps]:
    """The models as they were when the triggers were written by hand. The database comes back to the newest state."""
    try:
        yield migrate(BEFORE)
    finally:
        migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())


def triggers() -> set[tuple[str, str]]:
    """Table and name of each trigger that is switched on and does not belong to a foreign key."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
        )
        return set(cursor.fetchall())


def functions() -> set[str]:
    """The names of the functions of this database that are run by triggers."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT proname FROM pg_proc
            WHERE prorettype = 'trigger'::regtype AND pronamespace = current_schema()::regnamespace
        """)
        return {name for (name,) in cursor.fetchall()}


def fill(apps: Apps) -> None:
    """One row in each guarded table, all of them written by one person; the change of a rule is settled."""
    now = timezone.now()
    author = apps.get_model("people", "User").objects.create(email="ana@example.org")
    cohort = apps.get_model("people", "Cohort").objects.create(slug="north", name="North")
    call = apps.get_model("applications", "Call").objects.create(cohort=cohort, slug="north-call", title="North call")
    apps.get_model("applications", "RuleChange").objects.create(
        call=call, kind="policy", reason="Totals only", state="taken_back", proposed_by=author, settled_by=author
    )
    apps.get_model("applications", "FormVersion").objects.create(call=call, definition={"pages": []}, made_by=author)
    apps.get_model("applications", "LetterText").objects.create(
        call=call, name="invite", subject="A place for you", body="Dear {name}", made_by=author
    )
    apps.get_model("people", "HistoryEntry").objects.create(
        actor_id=author.pk, verb="call.seen", object_type="applications.call", object_id=str(call.pk)
    )
    session = apps.get_model("program_sessions", "Session").objects.create(
        cohort=cohort, title="First", starts_at=now, ends_at=now + timedelta(hours=2)
    )
    run = apps.get_model("program_sessions", "Run").objects.create(session=session)
    apps.get_model("program_sessions", "RunEvent").objects.create(run=run, position=1, kind="start", actor=author)


def rows(apps: Apps) -> dict[str, list[dict[str, object]]]:
    guarded = {table for table, _name in DECLARED}
    return {
        model._meta.db_table: list(model._default_manager.values())
        for model in apps.get_models()
        if model._meta.db_table in guarded
    }


def refused(rows: models.QuerySet, message: str, **values: object) -> None:
    """Fail unless the database refuses to set ``values`` in ``rows``, with ``message``."""
    with pytest.raises(DatabaseError, match=message), transaction.atomic():
        rows.update(**values)


def test_rows_stay_and_each_rule_has_one_trigger_that_refuses(before: Apps) -> None:
    assert triggers() == BY_HAND
    by_hand = functions()
    fill(before)
    written = rows(before)

    after = migrate(AFTER)

    assert triggers() == DECLARED
    assert functions() == {name for _table, name in DECLARED}
    assert rows(after) == written
    assert {table: len(found) for table, found in written.items()} == {table: 1 for table, _name in DECLARED}
    change = after.get_model("applications", "RuleChange").objects.all()
    form = after.get_model("applications", "FormVersion").objects.all()
    letter = after.get_model("applications", "LetterText").objects.all()
    history = after.get_model("people", "HistoryEntry").objects.all()
    event = after.get_model("program_sessions", "RunEvent").objects.all()
    refused(change, "a settled change is never edited", reason="Another")
    refused(change, "a settled change is never edited", state="waiting")
    refused(form, "a form version never changes", definition={})
    refused(letter, "letters keep every version", body="Dear all")
    refused(history, "history is append-only", verb="call.opened")
    refused(history, "history is append-only", actor_id=None)
    refused(event, "run events are append-only", kind="end")
    with pytest.raises(DatabaseError, match="history is append-only"), transaction.atomic():
        history.delete()
    assert rows(after) == written

    migrate(BEFORE)  # and back, with the same rows

    assert triggers() == BY_HAND
    assert functions() == by_hand
    assert rows(before) == written
    refused(before.get_model("people", "HistoryEntry").objects.all(), "history is append-only", verb="call.opened")


def test_a_person_and_a_call_can_still_be_deleted(before: Apps) -> None:
    fill(before)
    after = migrate(AFTER)

    after.get_model("people", "User").objects.get().delete()

    left = rows(after)
    assert [row["proposed_by_id"] for row in left["applications_rulechange"]] == [None]
    assert [row["settled_by_id"] for row in left["applications_rulechange"]] == [None]
    assert [row["made_by_id"] for row in left["applications_formversion"]] == [None]
    assert [row["made_by_id"] for row in left["applications_lettertext"]] == [None]
    assert [row["actor_id"] for row in left["program_sessions_runevent"]] == [None]

    after.get_model("people", "Cohort").objects.get().delete()

    assert {table for table, found in rows(after).items() if found} == {"people_historyentry"}
