"""Going through all accounts: each once, none in another's way."""

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from billing.ledger.choices import AccountKind, Hold, Standing, WorkKind
from billing.models import Statement, WorkItem
from billing.statements import issuing
from billing.statements.issuing import issue_all
from tests.factories.billing import AccountFactory, VisitFactory, issue_statement

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NOW = dt.datetime(2026, 11, 12, 14, tzinfo=dt.UTC)


def run(**options) -> str:
    out = io.StringIO()
    call_command("issue_statements", stdout=out, **options)
    return out.getvalue().strip()


def test_every_account_that_owes_gets_one_and_again_none():
    owing = {VisitFactory(owed_cents=90_00).account_id for _ in range(3)}
    VisitFactory(pending_cents=90_00)
    VisitFactory(owed_cents=90_00, hold=Hold.CONFIDENTIAL)
    VisitFactory(owed_cents=90_00, account=AccountFactory(kind=AccountKind.WORKERS_COMPENSATION))
    VisitFactory(owed_cents=90_00, account=AccountFactory(standing=Standing.AGENCY))
    assert issue_all(at=NOW).issued == 3
    assert {statement.account_id for statement in Statement.objects.all()} == owing
    assert issue_all(at=NOW + dt.timedelta(days=1)).issued == 0


def test_batches_leave_nobody_out(monkeypatch):
    monkeypatch.setattr(issuing, "BATCH", 2)
    for _ in range(5):
        VisitFactory(owed_cents=90_00)
    assert issue_all(at=NOW).issued == 5


def test_a_run_stops_at_its_limit_and_the_next_goes_on():
    for _ in range(3):
        VisitFactory(owed_cents=90_00)
    assert [issue_all(at=NOW, limit=2).issued for _ in range(3)] == [2, 1, 0]


def test_accounts_served_lately_are_not_even_looked_at(django_assert_num_queries):
    for _ in range(3):
        issue_statement(VisitFactory(owed_cents=90_00).account, at=NOW)
    with django_assert_num_queries(1):
        issue_all(at=NOW)


def test_an_account_that_fails_goes_to_staff_and_stops_no_other():
    broken = VisitFactory(owed_cents=90_00, place="診療所").account
    VisitFactory(owed_cents=90_00)
    with pytest.raises(CommandError, match=str(broken.pk)):
        run()
    assert Statement.objects.count() == 1
    item = WorkItem.objects.get(kind=WorkKind.STATEMENT_FAILED)
    assert item.account == broken
    issue_all(at=timezone.now())
    assert WorkItem.objects.filter(kind=WorkKind.STATEMENT_FAILED).count() == 1


def test_command_says_how_many_and_dates_them():
    VisitFactory(owed_cents=90_00)
    day = timezone.localdate() - dt.timedelta(days=12)
    assert run(at=day) == "Issued 1 statements."
    assert Statement.objects.get().issued_date == day
    assert run() == "Issued 0 statements."


def test_nothing_is_dated_ahead():
    with pytest.raises(CommandError, match="cannot be dated ahead"):
        run(at=timezone.localdate() + dt.timedelta(days=1))
