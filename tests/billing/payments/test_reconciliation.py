import datetime as dt
import logging

import pytest
from django.core.management import call_command
from django.utils import timezone

from billing.payments.gateways.protocol import NotSent
from billing.payments.models import PaymentAttempt, ProviderPayment
from billing.payments.reconciliation import attempts, events, totals
from billing.payments.reconciliation import run as reconciliation
from billing.payments.reconciliation.models import DailyTotal, ReconciliationRun
from billing.payments.reconciliation.report import MOST_UNANSWERED, is_answering, isolated
from billing.sandbox import actions as sandbox
from billing.sandbox.methods import Method
from billing.sandbox.models import Checkout, Event, Fault, Payment
from records.work import periodic
from tests.billing.payments.steps import hear, open_page, owed, posted, start, work
from tests.factories.billing import VisitFactory
from tests.factories.sandbox import pay

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def visit():
    return VisitFactory(owed_cents=125_00)


def _reconcile(**later):
    report = reconciliation.reconcile(timezone.now() + dt.timedelta(**later))
    return report.looked, report.changed, report.failed


def test_payment_whose_notice_was_lost_is_found(visit):
    Fault.objects.create(kind=Fault.Kind.NOTICE_LOST)
    attempt = open_page(start(visit))
    pay(attempt.checkout_ref)
    hear()
    assert posted() == 0
    assert _reconcile() == (1, 1, 0)
    assert _reconcile() == (0, 0, 0)
    assert (owed(visit), posted()) == (0, 1)


def test_bank_payment_whose_notices_were_lost_is_found(visit):
    attempt = open_page(start(visit))
    pay(attempt.checkout_ref, Method.BANK)
    assert _reconcile() == (1, 1, 0)
    sandbox.decide_banks(timezone.now())
    assert _reconcile() == (1, 1, 0)
    assert owed(visit) == 0


def test_attempt_that_never_got_a_page_is_given_up_after_a_day(visit):
    attempt = start(visit)
    assert _reconcile(hours=23) == (1, 0, 0)
    assert _reconcile(hours=25) == (1, 1, 0)
    attempt.refresh_from_db()
    assert attempt.state == "abandoned"


def test_page_the_provider_does_not_know_is_given_up_after_a_day(visit):
    attempt = open_page(start(visit))
    Checkout.objects.all().delete()
    assert _reconcile(hours=23) == (1, 0, 1)
    assert _reconcile(hours=25) == (1, 1, 0)
    attempt.refresh_from_db()
    assert attempt.state == "expired"


def test_one_attempt_that_cannot_be_read_stops_no_other(visit, caplog):
    others = [VisitFactory(owed_cents=10_00) for _ in range(2)]
    for each in (visit, *others):
        pay(open_page(start(each)).checkout_ref)
    Fault.objects.create(kind=Fault.Kind.NOT_SENT, operation="read_checkout")
    with caplog.at_level(logging.WARNING, "portal.payments"):
        assert _reconcile() == (3, 2, 1)
    assert "could not be worked: NotSent" in caplog.text
    assert [owed(each) for each in (visit, *others)] == [0, 0, 0]  # its notice was in the provider's list


def test_those_not_looked_at_for_longest_come_first(visit, monkeypatch):
    monkeypatch.setattr(attempts, "BATCH", 1)
    first, second = open_page(start(visit)), open_page(start(visit))
    _reconcile()
    _reconcile(minutes=5)
    assert PaymentAttempt.objects.get(pk=first.pk).looked_at < PaymentAttempt.objects.get(pk=second.pk).looked_at


def test_looking_costs_the_same_queries_per_attempt(visit, django_assert_max_num_queries):
    open_page(start(visit))
    _reconcile()
    with django_assert_max_num_queries(24):
        _reconcile()
    for _ in range(3):
        open_page(start(VisitFactory(owed_cents=10_00)))
    with django_assert_max_num_queries(24 + 3 * 10):
        _reconcile()


def test_worker_does_it_every_five_minutes():
    assert periodic._JOBS["payments.reconcile"].every == dt.timedelta(minutes=5)
    assert periodic._JOBS["payments.events"].every == dt.timedelta(minutes=5)


def test_command_says_what_it_did(visit, capsys):
    pay(open_page(start(visit)).checkout_ref)
    call_command("reconcile_payments")
    said = capsys.readouterr().out
    assert said.startswith("Looked at 1 unfinished attempts and changed 1; finished 0 refunds; found 1 lost notices")


def test_more_lost_notices_than_one_run_works_are_worked_by_the_next_ones(monkeypatch):
    monkeypatch.setattr(events, "MOST", 2)
    visits = [VisitFactory(owed_cents=10_00) for _ in range(5)]
    for each in visits:
        pay(open_page(start(each)).checkout_ref)
    PaymentAttempt.objects.update(state="expired")
    for left in (3, 1, 0):
        reconciliation.reconcile(timezone.now())
        assert sum(owed(each) > 0 for each in visits) == left
    assert ReconciliationRun.objects.first().is_whole


def test_day_that_differs_is_compared_again_until_it_agrees(visit):
    pay(open_page(start(visit)).checkout_ref, at=timezone.now())
    Payment.objects.update(paid_at=timezone.now() - dt.timedelta(days=1))
    day = timezone.localdate() - dt.timedelta(days=1)
    DailyTotal.objects.create(
        provider="sandbox",
        day=day,
        provider_cents=125_00,
        ledger_cents=0,
        compared_at=timezone.now() - dt.timedelta(minutes=30),
    )
    reconciliation.reconcile(timezone.now())
    assert DailyTotal.objects.get(day=day).difference_cents == 125_00
    reconciliation.reconcile(timezone.now() + dt.timedelta(minutes=31))
    assert DailyTotal.objects.get(day=day).difference_cents == 0


def test_provider_that_answers_nothing_is_not_asked_for_hours(visit):
    for _ in range(9):
        open_page(start(visit))
    for _ in range(200):
        Fault.objects.create(kind=Fault.Kind.NOT_SENT)
    assert _reconcile() == (MOST_UNANSWERED, 0, MOST_UNANSWERED + 2)
    assert not ReconciliationRun.objects.get().is_whole
    Fault.objects.all().delete()
    assert _reconcile() == (9, 0, 0)


def test_provider_that_answers_now_and_then_goes_on_being_asked():
    run = ReconciliationRun()
    for _ in range(MOST_UNANSWERED):
        with isolated(run, "one"):
            raise NotSent
        with isolated(run, "another"):
            pass
    assert is_answering(run)


def _paid_unheard(visit, *, minutes_ago: int) -> None:
    """A payment whose one trace is the provider's list of notices."""
    pay(open_page(start(visit)).checkout_ref)
    Event.objects.update(created_at=timezone.now() - dt.timedelta(minutes=minutes_ago))
    PaymentAttempt.objects.update(state="expired")


def test_notices_that_could_not_be_listed_are_read_by_the_next_run(visit):
    _paid_unheard(visit, minutes_ago=60)
    Fault.objects.create(kind=Fault.Kind.NOT_SENT, operation="notices_since")
    assert _reconcile() == (0, 0, 1)
    assert (posted(), ReconciliationRun.objects.get().is_whole) == (0, False)
    _reconcile(minutes=5)
    assert (posted(), ReconciliationRun.objects.first().is_whole) == (1, True)


def test_notice_that_the_provider_lists_late_is_found_by_the_next_run(visit):
    _reconcile()
    _paid_unheard(visit, minutes_ago=10)
    _reconcile(minutes=5)
    assert posted() == 1


def test_notices_from_before_the_last_whole_run_are_not_read_again(visit):
    _reconcile()
    _paid_unheard(visit, minutes_ago=60)
    _reconcile(minutes=5)
    assert posted() == 0


def test_payment_that_is_known_and_not_posted_is_posted(visit):
    _paid_unheard(visit, minutes_ago=60)
    Event.objects.all().delete()
    taken = Payment.objects.get()
    ProviderPayment.objects.create(
        provider="sandbox",
        ref=taken.ref,
        attempt=PaymentAttempt.objects.get(),
        amount_cents=125_00,
        currency="usd",
        status="succeeded",
        livemode=False,
    )
    assert reconciliation.reconcile(timezone.now()).unposted == 1
    assert (posted(), owed(visit)) == (1, 0)


def test_day_that_differs_goes_before_staff_once(visit):
    pay(open_page(start(visit)).checkout_ref)
    hear()
    Payment.objects.update(paid_at=timezone.now() - dt.timedelta(days=2))
    for hours in (0, 2):
        _reconcile(hours=hours)
    assert work() == ["totals_differ"]


@pytest.mark.parametrize(
    ("paid_at", "day"),
    [
        ("2026-11-01T03:59:59Z", dt.date(2026, 10, 31)),
        ("2026-11-01T04:00:00Z", dt.date(2026, 11, 1)),
        ("2026-11-02T04:59:59Z", dt.date(2026, 11, 1)),
        ("2026-11-02T05:00:00Z", dt.date(2026, 11, 2)),
        ("2026-03-08T05:00:00Z", dt.date(2026, 3, 8)),
        ("2026-03-09T03:59:59Z", dt.date(2026, 3, 8)),
    ],
)
def test_day_is_the_clinics_also_when_clocks_change(visit, settings, paid_at, day):
    settings.TIME_ZONE = "America/New_York"
    pay(open_page(start(visit)).checkout_ref)
    Payment.objects.update(paid_at=dt.datetime.fromisoformat(paid_at))
    hear()
    total = totals.compare(day, timezone.now())
    assert (total.provider_cents, total.ledger_cents) == (125_00, 125_00)
