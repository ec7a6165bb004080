"""The database itself refuses to change or delete an entry of a case's log, and a published process."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER cases_log_entry_append_only BEFORE UPDATE OR DELETE ON cases_log_entry
    FOR EACH ROW EXECUTE FUNCTION infra_refuse_change();
CREATE TRIGGER cases_process_version_append_only BEFORE UPDATE OR DELETE ON cases_process_version
    FOR EACH ROW EXECUTE FUNCTION infra_refuse_change();
"""
BACKWARD = """
DROP TRIGGER cases_log_entry_append_only ON cases_log_entry;
DROP TRIGGER cases_process_version_append_only ON cases_process_version;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("infra", "0002_audit_is_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
