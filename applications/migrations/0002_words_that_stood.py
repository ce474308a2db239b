"""The database itself refuses to change what was settled, frozen forms, and the letters that once stood.

Deleting a person empties who proposed, settled or wrote, which is an update too and stays allowed.
"""

from django.db import migrations

FORWARD = """
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
BACKWARD = """
DROP TRIGGER applications_lettertext_append_only ON applications_lettertext;
DROP FUNCTION applications_letter_refuse();
DROP TRIGGER applications_formversion_frozen ON applications_formversion;
DROP FUNCTION applications_form_refuse();
DROP TRIGGER applications_rulechange_settled ON applications_rulechange;
DROP FUNCTION applications_settled_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
