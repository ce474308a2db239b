"""The database itself refuses to change or remove history."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION people_history_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'history is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER people_history_append_only BEFORE UPDATE OR DELETE ON people_historyentry
  FOR EACH ROW EXECUTE FUNCTION people_history_refuse();
"""
BACKWARD = """
DROP TRIGGER people_history_append_only ON people_historyentry;
DROP FUNCTION people_history_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
