"""The database itself refuses to empty the audit log, too: a trigger on rows does not see TRUNCATE."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER infra_audit_entry_not_emptied BEFORE TRUNCATE ON infra_audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION infra_refuse_change();
"""
BACKWARD = "DROP TRIGGER infra_audit_entry_not_emptied ON infra_audit_entry;"


class Migration(migrations.Migration):
    dependencies = [("infra", "0003_acts_for_others")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
