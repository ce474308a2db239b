"""What 0002 wrote by hand, as a trigger that the model declares: run events are append-only.

The old trigger goes in the transaction that brings the new one, so no statement ever goes unguarded.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

BY_HAND = """
CREATE FUNCTION program_sessions_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'run events are append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER program_sessions_event_append_only BEFORE UPDATE ON program_sessions_runevent
  FOR EACH ROW WHEN (
    (OLD.run_id, OLD.position, OLD.kind, OLD.at, OLD.data) IS DISTINCT FROM
    (NEW.run_id, NEW.position, NEW.kind, NEW.at, NEW.data))
  EXECUTE FUNCTION program_sessions_event_refuse();
"""
DROP_BY_HAND = """
DROP TRIGGER program_sessions_event_append_only ON program_sessions_runevent;
DROP FUNCTION program_sessions_event_refuse();
"""
DROP_FUNCTIONS = """
DROP FUNCTION pgtrigger_run_event_append_only_29506();
"""  # pgtrigger takes back its triggers, and leaves their functions


class Migration(migrations.Migration):

    dependencies = [
        ('program_sessions', '0003_told_before'),
    ]

    operations = [
        migrations.RunSQL(DROP_BY_HAND, DROP_FUNCTIONS + BY_HAND),
        pgtrigger.migrations.AddTrigger(
            model_name='runevent',
            trigger=pgtrigger.compiler.Trigger(name='run_event_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."data" IS DISTINCT FROM (NEW."data") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."position" IS DISTINCT FROM (NEW."position") OR OLD."run_id" IS DISTINCT FROM (NEW."run_id"))', func="RAISE EXCEPTION 'run events are append-only' USING ERRCODE = 'restrict_violation';", hash='323ba8ef88571dfb054415485c73abee3a837de8', operation='UPDATE', pgid='pgtrigger_run_event_append_only_29506', table='program_sessions_runevent', when='BEFORE')),
        ),
    ]
