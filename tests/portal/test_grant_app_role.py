"""The role that the portal runs as does its work, and cannot rewrite the past."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from billing.guest import upkeep
from billing.ledger import verification
from billing.models import LedgerEntry, ProviderPayment
from billing.payments.reconciliation.run import reconcile
from billing.sandbox import refunds as sandbox
from records.access import log
from records.access.log import Verb
from records.access.models import AccessLogEntry, AccessLogHead
from tests.billing.payments.steps import hear, open_page, start
from tests.factories.billing import VisitFactory
from tests.factories.sandbox import pay

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

ROLE = "portal_app_test"


@contextmanager
def as_app() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield
        cursor.execute("RESET ROLE")


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def role(db):
    MigrationRecorder(connection).ensure_schema()  # for runs with --nomigrations
    run(f"CREATE ROLE {ROLE}")  # rolled back with the test
    return ROLE


@pytest.fixture
def granted(role):
    call_command("grant_app_role", role, verbosity=0)


def record():
    log.record(kind="result", verb=Verb.VIEW, at=timezone.now(), actor_name="Ana", acting_as="self")


def test_role_posts_and_logs(granted):
    with as_app():
        VisitFactory(owed_cents=100_00)
        record()
    assert verification.faults() == []
    assert AccessLogEntry.objects.count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_ledgerentry SET cents = 1",
        "DELETE FROM billing_ledgerentry",
        "TRUNCATE billing_ledgerentry CASCADE",
        "UPDATE billing_ledgertransaction SET livemode = true",
        "UPDATE billing_charge SET cents = 1",
        "DELETE FROM billing_charge",
        "UPDATE billing_adjudication SET copay_cents = 1",
        "DELETE FROM billing_adjudication",
        "INSERT INTO billing_deploymentmode (id, mode, since) VALUES (1, 'test', now())",
        "UPDATE billing_deploymentmode SET mode = 'test'",
        "DELETE FROM billing_deploymentmode",
        "UPDATE records_accesslogentry SET actor_name = 'Eve'",
        "DELETE FROM records_accesslogentry",
        "TRUNCATE records_accesslogentry",
        "DELETE FROM records_accessloghead",
        "DELETE FROM django_migrations",
        "ALTER TABLE billing_ledgerentry DISABLE TRIGGER ALL",
        "DROP TABLE records_accesslogentry",
        "CREATE TABLE mine (id int)",
    ],
)
def test_role_cannot_rewrite_the_past_nor_change_the_house(granted, statement):
    record()
    VisitFactory(owed_cents=100_00)
    refused = pytest.raises(ProgrammingError, match="permission denied|must be owner")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        cursor.execute(statement)
    assert AccessLogHead.objects.get().count == 1
    assert LedgerEntry.objects.count() == 2


@pytest.mark.parametrize(
    "model",
    [
        "AccountNumber", "AttemptAllocation", "DailyTotal", "Dispute", "Guarantor", "GuarantorAccess",
        "GuarantorAccount", "PayLink", "PaymentAttempt", "ProviderEvent", "ProviderPayment", "Refund", "StatementLink",
        "VisitAccount", "WorkItem",
    ],
)  # fmt: skip
def test_role_deletes_nothing_that_says_what_happened_to_money(granted, model):
    table = apps.get_model("billing", model)._meta.db_table
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), as_app():
        run(f"DELETE FROM {table}")  # noqa: S608 (our own table names)


def test_role_takes_payments_and_gives_them_back_and_cleans_up(granted):
    with as_app():
        visit = VisitFactory(owed_cents=100_00)
        attempt = open_page(start(visit))
        pay(attempt.checkout_ref)
        hear()
        payment = ProviderPayment.objects.get()
        sandbox.refund_at_desk(payment_ref=payment.ref, amount_cents=10_00, at=timezone.now())
        reconcile(timezone.now())
        upkeep.prune(timezone.now() + dt.timedelta(days=30))
        visit.refresh_from_db()
        assert visit.patient_cents == 10_00
    assert verification.faults() == []


@pytest.mark.parametrize(("role", "words"), [("nobody_here", "no role"), ("x; DROP", "lower-case letters")])
def test_wrong_role_is_said_in_words(role, words):
    with pytest.raises(CommandError, match=words):
        call_command("grant_app_role", role)


@pytest.mark.parametrize(
    "statements",
    [
        [f"ALTER TABLE billing_ledgerentry OWNER TO {ROLE}"],
        [f"ALTER SCHEMA public OWNER TO {ROLE}"],
        ["CREATE ROLE house", "ALTER TABLE billing_visitaccount OWNER TO house", f"GRANT house TO {ROLE}"],
    ],
    ids=["a table", "the schema", "through membership"],
)
def test_owners_are_refused_since_nothing_can_be_kept_from_them(role, statements):
    run(*statements)
    with pytest.raises(CommandError, match="owns the tables"):
        call_command("grant_app_role", role)


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        ([f"GRANT pg_write_all_data TO {ROLE}"], "billing_ledgerentry as pg_write_all_data"),
        ([f"ALTER ROLE {ROLE} NOINHERIT", f"GRANT pg_write_all_data TO {ROLE}"], "as pg_write_all_data"),
        (["GRANT UPDATE (cents) ON billing_ledgerentry TO PUBLIC"], f"billing_ledgerentry as {ROLE}"),
        (["GRANT INSERT ON billing_deploymentmode TO PUBLIC"], f"billing_deploymentmode as {ROLE}"),
        (["GRANT TRUNCATE ON records_accessloghead TO PUBLIC"], f"records_accessloghead as {ROLE}"),
    ],
    ids=["inherited", "to be switched to", "one column, everybody", "the mode, everybody", "the log's head, everybody"],
)
def test_role_that_could_alter_the_past_by_another_way_is_granted_nothing(role, statements, words):
    run(*statements)
    with pytest.raises(CommandError, match=words):
        call_command("grant_app_role", role)
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'billing_workitem', 'SELECT')", [role])
        assert cursor.fetchone() == (False,)


def test_earlier_grants_are_taken_back(role):
    run(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}", f"GRANT CREATE ON SCHEMA public TO {role}")
    call_command("grant_app_role", role, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(%(r)s, 'billing_workitem', 'TRUNCATE'), has_schema_privilege(%(r)s, 'public', 'CREATE')",
            {"r": role},
        )
        assert cursor.fetchone() == (False, False)
