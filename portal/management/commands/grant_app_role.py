"""`manage.py grant_app_role ROLE`: what the role that the portal runs as may do in PostgreSQL; run it after each migrate."""

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

# Written once and never changed, so that even the portal itself could not.
APPEND_ONLY = (
    "billing_ledgertransaction",
    "billing_ledgerentry",
    "billing_statement",
    "billing_statementline",
    "billing_charge",
    "billing_adjudication",
    "records_accesslogentry",
)
# Whose rows move on and never go away: what happened to money, and the log's one head.
KEPT = (
    "billing_accountnumber",
    "billing_attemptallocation",
    "billing_dailytotal",
    "billing_dispute",
    "billing_guarantor",
    "billing_guarantoraccess",
    "billing_guarantoraccount",
    "billing_paylink",
    "billing_paymentattempt",
    "billing_providerevent",
    "billing_providerpayment",
    "billing_refund",
    "billing_statementlink",
    "billing_visitaccount",
    "billing_workitem",
    "records_accessloghead",
)
# Said by whoever owns the database: whether money is real, and which migrations were carried out.
READ_ONLY = ("billing_deploymentmode", "django_migrations")

# Owners may do anything to what is theirs, whatever is revoked, and so may members of the owning role.
# The schema counts too: its owner may drop the tables in it.
_OWNS = """
SELECT EXISTS (
  SELECT FROM pg_namespace s LEFT JOIN pg_class c ON c.relnamespace = s.oid
  WHERE s.nspname = 'public' AND (pg_has_role(%(role)s, s.nspowner, 'MEMBER') OR pg_has_role(%(role)s, c.relowner, 'MEMBER'))
)
"""
# What the role could do all the same, by itself or as any role it belongs to.
_LEFT = """
SELECT g.rolname, t FROM pg_roles g, unnest(%(tables)s::text[]) t
WHERE pg_has_role(%(role)s, g.oid, 'MEMBER') AND (
  has_table_privilege(g.oid, t, 'DELETE, TRUNCATE')
  OR t = ANY(%(append_only)s::text[]) AND has_any_column_privilege(g.oid, t, 'UPDATE')
  OR t = ANY(%(read_only)s::text[]) AND has_any_column_privilege(g.oid, t, 'INSERT, UPDATE')
) ORDER BY g.rolname, t
"""


class Command(BaseCommand):
    help = "Grants a PostgreSQL role what the portal needs: it owns no table and cannot alter the ledger or the log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role")

    def handle(self, *args: Any, role: str, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Roles exist on PostgreSQL only.")
        if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role):
            raise CommandError("A role's name is lower-case letters, digits and underscores.")
        with transaction.atomic(), connection.cursor() as cursor:
            _check_role(cursor, role)
            for statement in _statements(connection.ops.quote_name(role)):
                cursor.execute(statement)
            _check_nothing_left(cursor, role)
        self.stdout.write(f"{role} may run the portal now.")


def _check_role(cursor: CursorWrapper, role: str) -> None:
    """Refuses roles that are not there, and those that no grant can hold back."""
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [role])
    found = cursor.fetchone()
    if found is None:
        raise CommandError(f"There is no role {role}: CREATE ROLE {role} LOGIN, then try again.")
    if found[0]:
        raise CommandError(f"{role} is a superuser, whom nothing can be kept from. Choose another role.")
    cursor.execute(_OWNS, {"role": role})
    if cursor.fetchone()[0]:
        raise CommandError(
            f"{role} owns the tables or their schema, or belongs to a role that does. Choose another role."
        )


def _check_nothing_left(cursor: CursorWrapper, role: str) -> None:
    """Refuses, and so undoes the grants, when the ledger or the log can be altered through another role or PUBLIC."""
    tables = [*APPEND_ONLY, *KEPT, *READ_ONLY]
    cursor.execute(_LEFT, {"role": role, "tables": tables, "append_only": [*APPEND_ONLY], "read_only": [*READ_ONLY]})
    if left := cursor.fetchall():
        ways = ", ".join(f"{table} as {through}" for through, table in left)
        raise CommandError(f"{role} could still alter {ways}. Take that away first: nothing was granted.")


def _statements(role: str) -> list[str]:
    """Role names are checked and quoted, table names are our own."""
    database = connection.ops.quote_name(connection.settings_dict["NAME"])
    statements = [
        f"GRANT CONNECT ON DATABASE {database} TO {role}",
        f"REVOKE ALL ON SCHEMA public FROM {role}",
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    ]
    statements += [f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {role}" for table in READ_ONLY]
    statements += [f"REVOKE UPDATE, DELETE ON {table} FROM {role}" for table in APPEND_ONLY]
    statements += [f"REVOKE DELETE ON {table} FROM {role}" for table in KEPT]
    return statements
