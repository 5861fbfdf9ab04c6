"""PostgreSQL's own watch over the ledger: what is posted is balanced, complete and never changed.

The triggers only check; Python's `posting.post` writes. The balance is checked when a transaction commits, so
that its rows may come in any order. TRUNCATE stays with the tables' owner, whom the application is not
(`manage.py grant_app_role`). The search path is fixed, or a temporary table of the same name would stand in
front of the ledger.
"""

from typing import Any

_TRANSACTIONS, _ENTRIES = "billing_ledgertransaction", "billing_ledgerentry"

_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION ledger_check_balance() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
  posted uuid;
  wanted bigint;
  entries bigint;
  total bigint;
BEGIN
  IF TG_TABLE_NAME = '{_ENTRIES}' THEN posted := NEW.transaction_id; ELSE posted := NEW.id; END IF;
  SELECT entry_count INTO wanted FROM {_TRANSACTIONS} WHERE id = posted;
  SELECT count(*), coalesce(sum(cents), 0) INTO entries, total FROM {_ENTRIES} WHERE transaction_id = posted;
  IF total <> 0 OR entries <> wanted THEN
    RAISE EXCEPTION 'ledger transaction % has % of % entries, which sum to % cents', posted, entries, wanted, total
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: post a reversing transaction' USING ERRCODE = 'restrict_violation';
END $$;
"""  # noqa: S608 (our own table names)

_DROP = "\n".join(
    f"DROP TRIGGER IF EXISTS ledger_balanced ON {table}; DROP TRIGGER IF EXISTS ledger_unchanged ON {table};"
    for table in (_TRANSACTIONS, _ENTRIES)
)
_CREATE = "\n".join(
    f"""
CREATE CONSTRAINT TRIGGER ledger_balanced AFTER INSERT ON {table}
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_balance();
CREATE TRIGGER ledger_unchanged BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
"""
    for table in (_TRANSACTIONS, _ENTRIES)
)


def install(apps: Any, schema_editor: Any) -> None:
    """Puts the triggers in place, again if they are there; SQLite relies on posting and verify_ledger alone."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_FUNCTIONS + _DROP + _CREATE, params=None)


def remove(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        functions = "DROP FUNCTION IF EXISTS ledger_check_balance(); DROP FUNCTION IF EXISTS ledger_refuse_change();"
        schema_editor.execute(_DROP + functions, params=None)
