"""The database itself refuses to change what happened in a live session.

Deleting a person empties ``actor``, which is an update too and stays allowed.
"""

from django.db import migrations

FORWARD = """
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
BACKWARD = """
DROP TRIGGER program_sessions_event_append_only ON program_sessions_runevent;
DROP FUNCTION program_sessions_event_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("program_sessions", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
