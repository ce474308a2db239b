"""What 0002 wrote by hand, as triggers that the models declare: settled changes, frozen forms, letters that once stood.

The old trigger goes in the transaction that brings the new one, so no statement ever goes unguarded.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

BY_HAND = """
CREATE FUNCTION applications_settled_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (to_jsonb(NEW) - 'proposed_by_id' - 'settled_by_id') IS DISTINCT FROM
     (to_jsonb(OLD) - 'proposed_by_id' - 'settled_by_id') THEN
    RAISE EXCEPTION 'a settled change is never edited' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER applications_rulechange_settled BEFORE UPDATE ON applications_rulechange
  FOR EACH ROW WHEN (OLD.state <> 'waiting') EXECUTE FUNCTION applications_settled_refuse();

CREATE FUNCTION applications_form_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a form version never changes' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER applications_formversion_frozen BEFORE UPDATE ON applications_formversion
  FOR EACH ROW WHEN (
    (OLD.call_id, OLD.number, OLD.definition, OLD.note, OLD.made_at) IS DISTINCT FROM
    (NEW.call_id, NEW.number, NEW.definition, NEW.note, NEW.made_at))
  EXECUTE FUNCTION applications_form_refuse();

CREATE FUNCTION applications_letter_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'letters keep every version' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER applications_lettertext_append_only BEFORE UPDATE ON applications_lettertext
  FOR EACH ROW WHEN (
    (OLD.call_id, OLD.name, OLD.language, OLD.subject, OLD.body, OLD.made_at) IS DISTINCT FROM
    (NEW.call_id, NEW.name, NEW.language, NEW.subject, NEW.body, NEW.made_at))
  EXECUTE FUNCTION applications_letter_refuse();
"""
DROP_BY_HAND = """
DROP TRIGGER applications_lettertext_append_only ON applications_lettertext;
DROP FUNCTION applications_letter_refuse();
DROP TRIGGER applications_formversion_frozen ON applications_formversion;
DROP FUNCTION applications_form_refuse();
DROP TRIGGER applications_rulechange_settled ON applications_rulechange;
DROP FUNCTION applications_settled_refuse();
"""
DROP_FUNCTIONS = """
DROP FUNCTION pgtrigger_form_version_frozen_ce7a9();
DROP FUNCTION pgtrigger_letter_text_append_only_abe75();
DROP FUNCTION pgtrigger_rule_settled_3a346();
"""  # pgtrigger takes back its triggers, and leaves their functions


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0003_sealed_lists_and_second_language'),
    ]

    operations = [
        migrations.RunSQL(DROP_BY_HAND, DROP_FUNCTIONS + BY_HAND),
        pgtrigger.migrations.AddTrigger(
            model_name='formversion',
            trigger=pgtrigger.compiler.Trigger(name='form_version_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."call_id" IS DISTINCT FROM (NEW."call_id") OR OLD."definition" IS DISTINCT FROM (NEW."definition") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."number" IS DISTINCT FROM (NEW."number"))', func="RAISE EXCEPTION 'a form version never changes' USING ERRCODE = 'restrict_violation';", hash='baa8f7fba6089555cb45dfc407ffc4442610db31', operation='UPDATE', pgid='pgtrigger_form_version_frozen_ce7a9', table='applications_formversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lettertext',
            trigger=pgtrigger.compiler.Trigger(name='letter_text_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."body" IS DISTINCT FROM (NEW."body") OR OLD."call_id" IS DISTINCT FROM (NEW."call_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."subject" IS DISTINCT FROM (NEW."subject"))', func="RAISE EXCEPTION 'letters keep every version' USING ERRCODE = 'restrict_violation';", hash='453452c5ab12d5b26363e172729bd97c34e6bd59', operation='UPDATE', pgid='pgtrigger_letter_text_append_only_abe75', table='applications_lettertext', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rulechange',
            trigger=pgtrigger.compiler.Trigger(name='rule_settled', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN ((NOT (OLD."state" = \'waiting\')) AND ((OLD."after" IS DISTINCT FROM (NEW."after") OR OLD."after_opening" IS DISTINCT FROM (NEW."after_opening") OR OLD."approver" IS DISTINCT FROM (NEW."approver") OR OLD."before" IS DISTINCT FROM (NEW."before") OR OLD."call_id" IS DISTINCT FROM (NEW."call_id") OR OLD."counsel_name" IS DISTINCT FROM (NEW."counsel_name") OR OLD."counsel_note" IS DISTINCT FROM (NEW."counsel_note") OR OLD."counsel_on" IS DISTINCT FROM (NEW."counsel_on") OR OLD."counsel_until" IS DISTINCT FROM (NEW."counsel_until") OR OLD."factor" IS DISTINCT FROM (NEW."factor") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."identity" IS DISTINCT FROM (NEW."identity") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."needs_second" IS DISTINCT FROM (NEW."needs_second") OR OLD."proposed_at" IS DISTINCT FROM (NEW."proposed_at") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."settled_at" IS DISTINCT FROM (NEW."settled_at") OR OLD."settled_note" IS DISTINCT FROM (NEW."settled_note") OR OLD."snapshot" IS DISTINCT FROM (NEW."snapshot") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."subject" IS DISTINCT FROM (NEW."subject") OR OLD."value" IS DISTINCT FROM (NEW."value") OR OLD."version" IS DISTINCT FROM (NEW."version"))))', func="RAISE EXCEPTION 'a settled change is never edited' USING ERRCODE = 'restrict_violation';", hash='e03e035575e254febd12433d8d47384ca3e3b790', operation='UPDATE', pgid='pgtrigger_rule_settled_3a346', table='applications_rulechange', when='BEFORE')),
        ),
    ]
