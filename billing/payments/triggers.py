"""PostgreSQL's own watch over what is real: a database that is live takes in no money of a test mode.

What the portal itself writes down has no mode: charges, insurers' decisions, money taken at the desk, credit. What a
payment provider brought about has one. Such are the rows of its payments and notices, and what the ledger posts
of an attempt, or under a provider's name when money came in or went back. As with the ledger
(billing/ledger/triggers.py) the triggers only check.
"""

from typing import Any

from billing.ledger.choices import TransactionKind
from billing.payments.deployment import SANDBOX, SANDBOX_REFS, Mode

_MODE, _POSTED, _ATTEMPTS = "billing_deploymentmode", "billing_ledgertransaction", "billing_paymentattempt"
_PAYMENTS, _EVENTS = "billing_providerpayment", "billing_providerevent"
_OF_PROVIDERS = ", ".join(
    f"'{kind.value}'"
    for kind in (
        TransactionKind.PAYMENT,
        TransactionKind.PLACEMENT,
        TransactionKind.REFUND,
        TransactionKind.CHARGEBACK,
        TransactionKind.CHARGEBACK_LOST,
    )
)

_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION deployment_refuse_test_money() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
  is_test boolean;
BEGIN
  IF NOT EXISTS (SELECT FROM {_MODE} WHERE mode = '{Mode.LIVE}') THEN RETURN NEW; END IF;
  IF TG_TABLE_NAME = '{_POSTED}' THEN
    is_test := NEW.source = '{SANDBOX}' OR NOT NEW.livemode AND (
      NEW.attempt_id IS NOT NULL
      OR NEW.kind IN ({_OF_PROVIDERS}) AND EXISTS (SELECT FROM {_PAYMENTS} WHERE provider = NEW.source)
    );
  ELSIF TG_TABLE_NAME = '{_ATTEMPTS}' THEN
    is_test := starts_with(NEW.checkout_ref, '{SANDBOX_REFS}');
  ELSE
    is_test := NEW.provider = '{SANDBOX}' OR NOT NEW.livemode;
  END IF;
  IF is_test THEN
    RAISE EXCEPTION 'money is real here: % takes nothing of a test mode', TG_TABLE_NAME
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION deployment_stays_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.mode = '{Mode.LIVE}' THEN
    RAISE EXCEPTION 'money is real here, and stays so' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
"""  # noqa: S608 (our own table names)

_WATCHED = (_POSTED, _ATTEMPTS, _PAYMENTS, _EVENTS)
_DROP = f"DROP TRIGGER IF EXISTS deployment_stays ON {_MODE};" + "".join(
    f"DROP TRIGGER IF EXISTS deployment_real ON {table};" for table in _WATCHED
)
_CREATE = f"""
CREATE TRIGGER deployment_stays BEFORE UPDATE OR DELETE ON {_MODE}
  FOR EACH ROW EXECUTE FUNCTION deployment_stays_live();
""" + "".join(
    f"""
CREATE TRIGGER deployment_real BEFORE INSERT OR UPDATE ON {table}
  FOR EACH ROW EXECUTE FUNCTION deployment_refuse_test_money();
"""
    for table in _WATCHED
)


def install(apps: Any, schema_editor: Any) -> None:
    """Puts the triggers in place, again if they are there; SQLite is never where money is real."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_FUNCTIONS + _DROP + _CREATE, params=None)


def remove(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        functions = (
            "DROP FUNCTION IF EXISTS deployment_refuse_test_money(); DROP FUNCTION IF EXISTS deployment_stays_live();"
        )
        schema_editor.execute(_DROP + functions, params=None)
