"""What PostgreSQL itself refuses, whoever asks."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from billing.ledger import triggers, verification
from billing.models import LedgerEntry, LedgerTransaction
from tests.factories.billing import VisitFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def installed():
    with connection.schema_editor() as editor:
        triggers.install(None, editor)


@pytest.fixture
def posted() -> LedgerTransaction:
    return VisitFactory(owed_cents=100_00).account.transactions.get()


def row(**changes):
    now = timezone.now()
    fields = {"kind": "charge", "source": "t", "source_ref": "1", "entry_count": 2, "effective_date": now.date()}
    return LedgerTransaction(**fields | {"posted_at": now} | changes)


def test_posting_passes(posted):
    assert verification.faults() == []


def test_unbalanced_entries_fail_when_they_are_committed():
    with pytest.raises(IntegrityError, match="sum to 1 cents"), transaction.atomic():
        unbalanced = row()
        unbalanced.save()
        LedgerEntry.objects.create(transaction=unbalanced, bucket="revenue", cents=-100)
        LedgerEntry.objects.create(transaction=unbalanced, bucket="processor", cents=101)
    assert not LedgerTransaction.objects.exists()


def test_transaction_without_entries_fails():
    with pytest.raises(IntegrityError, match="0 of 2 entries"):
        row().save()


def test_late_entries_fail_even_when_they_balance(posted):
    with pytest.raises(IntegrityError, match="4 of 2 entries"), transaction.atomic():
        LedgerEntry.objects.create(transaction=posted, bucket="revenue", cents=-5)
        LedgerEntry.objects.create(transaction=posted, bucket="processor", cents=5)


@pytest.mark.parametrize("model", [LedgerTransaction, LedgerEntry])
def test_rows_are_neither_changed_nor_deleted(posted, model):
    for change in (
        lambda: model.objects.update(account=None),
        lambda: model.objects.all()._raw_delete(connection.alias),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert verification.faults() == []


def test_tables_of_the_same_name_do_not_hide_the_ledger_from_its_triggers():
    """Any role may make temporary tables, and PostgreSQL looks for a bare name among them first."""
    unbalanced = row(entry_count=2)
    with pytest.raises(IntegrityError, match="0 of 2 entries"), transaction.atomic():
        unbalanced.save()
        with connection.cursor() as cursor:
            for table in ("billing_ledgertransaction", "billing_ledgerentry"):
                cursor.execute(f"CREATE TEMPORARY TABLE {table} (LIKE public.{table}) ON COMMIT DROP")


def test_triggers_are_taken_away_and_put_back_however_often():
    with connection.schema_editor() as editor:
        for step in (triggers.remove, triggers.remove):
            step(None, editor)
    assert _installed() == 0
    row().save()
    with connection.schema_editor() as editor:
        for step in (triggers.install, triggers.install):
            step(None, editor)
    assert _installed() == 4


def _installed() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname IN ('ledger_balanced', 'ledger_unchanged')")
        return int(cursor.fetchone()[0])
