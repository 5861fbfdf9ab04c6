"""PostgreSQL's own watch over statements: complete when they are written, and never changed.

As with the ledger (billing/ledger/triggers.py) the triggers only check. TRUNCATE stays with the tables' owner.
"""

from typing import Any

_STATEMENTS, _LINES = "billing_statement", "billing_statementline"

_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION statement_check_lines() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
  sent uuid;
  wanted bigint;
  owed bigint;
  lines bigint;
  total bigint;
BEGIN
  IF TG_TABLE_NAME = '{_LINES}' THEN sent := NEW.statement_id; ELSE sent := NEW.id; END IF;
  SELECT line_count, owed_cents INTO wanted, owed FROM {_STATEMENTS} WHERE id = sent;
  SELECT count(*), coalesce(sum(owed_cents), 0) INTO lines, total FROM {_LINES} WHERE statement_id = sent;
  IF lines <> wanted OR total <> owed THEN
    RAISE EXCEPTION 'statement % has % of % lines, which sum to % of % cents', sent, lines, wanted, total, owed
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION statement_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a statement that was sent does not change: issue the next one' USING ERRCODE = 'restrict_violation';
END $$;
"""  # noqa: S608 (our own table names)

_DROP = "\n".join(
    f"DROP TRIGGER IF EXISTS statement_complete ON {table}; DROP TRIGGER IF EXISTS statement_unchanged ON {table};"
    for table in (_STATEMENTS, _LINES)
)
_CREATE = "\n".join(
    f"""
CREATE CONSTRAINT TRIGGER statement_complete AFTER INSERT ON {table}
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION statement_check_lines();
CREATE TRIGGER statement_unchanged BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION statement_refuse_change();
"""
    for table in (_STATEMENTS, _LINES)
)


def install(apps: Any, schema_editor: Any) -> None:
    """Puts the triggers in place, again if they are there; SQLite relies on `actions.issue` and the models."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_FUNCTIONS + _DROP + _CREATE, params=None)


def remove(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        functions = (
            "DROP FUNCTION IF EXISTS statement_check_lines(); DROP FUNCTION IF EXISTS statement_refuse_change();"
        )
        schema_editor.execute(_DROP + functions, params=None)
