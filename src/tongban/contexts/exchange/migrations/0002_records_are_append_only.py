"""Exchange records are added by gateways and never changed; gateways get the narrow rights they need and no more."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION exchange_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER exchange_record_append_only BEFORE UPDATE OR DELETE ON exchange_record
    FOR EACH ROW EXECUTE FUNCTION exchange_refuse_change();
"""
CHANGEABLE = """
DROP TRIGGER exchange_record_append_only ON exchange_record;
DROP FUNCTION exchange_refuse_change();
"""

# Which transaction closed a purpose: gateways look from the oldest one that was running when they last looked, for
# rows become visible when their transaction commits and not in the order of any number or time in them.
CLOSING_TRANSACTION = """
ALTER TABLE exchange_closure ADD COLUMN written_in xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX exchange_closure_written_in ON exchange_closure (written_in);
"""

# The role is made when a database is provisioned; where gateways use another role, its owner grants the same.
GATEWAY_RIGHTS = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tongban_gateway') THEN
        GRANT INSERT ON exchange_record TO tongban_gateway;
        GRANT SELECT ON exchange_snapshot, exchange_closure TO tongban_gateway;
    END IF;
END $$;
"""
NO_GATEWAY_RIGHTS = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tongban_gateway') THEN
        REVOKE ALL ON exchange_record, exchange_snapshot, exchange_closure FROM tongban_gateway;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]
    operations = [
        migrations.RunSQL(APPEND_ONLY, CHANGEABLE),
        migrations.RunSQL(CLOSING_TRANSACTION, "ALTER TABLE exchange_closure DROP COLUMN written_in;"),
        migrations.RunSQL(GATEWAY_RIGHTS, NO_GATEWAY_RIGHTS),
    ]
