"""The database itself refuses to change or delete an audit entry."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION infra_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER infra_audit_entry_append_only BEFORE UPDATE OR DELETE ON infra_audit_entry
    FOR EACH ROW EXECUTE FUNCTION infra_refuse_change();
"""
BACKWARD = """
DROP TRIGGER infra_audit_entry_append_only ON infra_audit_entry;
DROP FUNCTION infra_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("infra", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
