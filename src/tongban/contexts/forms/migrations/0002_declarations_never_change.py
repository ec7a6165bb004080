"""The database itself refuses to change or delete a declaration."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER forms_declaration_append_only BEFORE UPDATE OR DELETE ON forms_declaration
    FOR EACH ROW EXECUTE FUNCTION infra_refuse_change();
"""
BACKWARD = "DROP TRIGGER forms_declaration_append_only ON forms_declaration;"


class Migration(migrations.Migration):
    dependencies = [("forms", "0001_initial"), ("infra", "0002_audit_is_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
