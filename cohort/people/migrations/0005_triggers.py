"""What 0002 wrote by hand, as a trigger that the model declares: history is append-only.

The old trigger goes in the transaction that brings the new one, so no statement ever goes unguarded.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

BY_HAND = """
CREATE FUNCTION people_history_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'history is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER people_history_append_only BEFORE UPDATE OR DELETE ON people_historyentry
  FOR EACH ROW EXECUTE FUNCTION people_history_refuse();
"""
DROP_BY_HAND = """
DROP TRIGGER people_history_append_only ON people_historyentry;
DROP FUNCTION people_history_refuse();
"""
DROP_FUNCTIONS = """
DROP FUNCTION pgtrigger_history_append_only_d1ee4();
"""  # pgtrigger takes back its triggers, and leaves their functions


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0004_cohort_version'),
    ]

    operations = [
        migrations.RunSQL(DROP_BY_HAND, DROP_FUNCTIONS + BY_HAND),
        pgtrigger.migrations.AddTrigger(
            model_name='historyentry',
            trigger=pgtrigger.compiler.Trigger(name='history_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'history is append-only' USING ERRCODE = 'restrict_violation';", hash='d09220a6b5c44b9766efe7bcc904d2c9437482e8', operation='UPDATE OR DELETE', pgid='pgtrigger_history_append_only_d1ee4', table='people_historyentry', when='BEFORE')),
        ),
    ]
