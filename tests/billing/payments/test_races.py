"""Many at once, on the real code; each race is first shown to go wrong with the lock or the constraint taken away."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from billing.ledger import returns
from billing.ledger import verification as ledger
from billing.ledger.choices import Bucket
from billing.ledger.models import LedgerTransaction
from billing.payments import placing, settling, verification
from billing.payments.models import PaymentAttempt, ProviderPayment
from billing.payments.refunds import actions as refunds
from billing.payments.refunds import sending
from billing.payments.refunds.models import Refund
from billing.payments.refunds.states import RefundReason
from billing.sandbox import refunds as desk
from billing.sandbox.models import Payment as SandboxPayment
from billing.sandbox.models import Refund as SandboxRefund
from tests.billing.payments.steps import in_bucket, open_page, owed, posted, start
from tests.factories.billing import AccessFactory, VisitFactory, guest, payer_of
from tests.factories.records import UserFactory
from tests.factories.sandbox import open_checkout, pay
from tests.together import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

FIFTY = 50
ONCE = "ledger_posts_each_source_once"


@pytest.fixture
def no_locks(monkeypatch) -> Callable[[int], None]:
    """Takes row locks away: so many threads all read where they would have waited for each other, then go on."""

    def take_away(threads: int) -> None:
        meet = threading.Barrier(threads)

        def read_without_lock(rows: QuerySet, *args, **kwargs) -> QuerySet:
            with suppress(threading.BrokenBarrierError):
                meet.wait(timeout=5)
            return rows.all()

        monkeypatch.setattr(QuerySet, "select_for_update", read_without_lock)
        # To write the payment's row down first would hold the others up as a lock does.
        unsaved = ProviderPayment(provider="sandbox", amount_cents=800_00)
        monkeypatch.setattr(settling, "_remember", lambda attempt, facts: unsaved)

    return take_away


@pytest.fixture
def no_constraint() -> Iterator[None]:
    table = LedgerTransaction._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {ONCE}")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {ONCE} UNIQUE (kind, source, source_ref)")


@pytest.fixture
def visit():
    return VisitFactory(owed_cents=800_00)


def _settles(*attempts: PaymentAttempt) -> list[str | Exception]:
    def job(attempt: PaymentAttempt):
        return lambda: settling.settle(attempt_id=attempt.pk, at=timezone.now()).state

    return together(*[job(attempt) for attempt in attempts])


def _paid(visit) -> PaymentAttempt:
    attempt = open_page(start(visit))
    pay(attempt.checkout_ref)
    return attempt


def _sound() -> bool:
    return not ledger.faults() and not list(verification.faults())


# One payment, settled by everybody


def test_fifty_settles_post_one_payment(visit):
    assert _settles(*[_paid(visit)] * FIFTY) == ["paid"] * FIFTY
    assert (posted(), owed(visit), in_bucket(Bucket.PROCESSOR)) == (1, 0, 800_00)
    assert _sound()


def test_without_locks_only_the_constraint_stops_them_and_some_fail(visit, no_locks):
    attempt = _paid(visit)
    no_locks(FIFTY)
    results = _settles(*[attempt] * FIFTY)
    assert sum(isinstance(result, Exception) for result in results) > 0
    assert posted() == 1


def test_without_locks_and_constraint_one_payment_is_posted_many_times(visit, no_locks, no_constraint):
    attempt = _paid(visit)
    no_locks(10)
    _settles(*[attempt] * 10)
    assert posted() > 1


# One account, paid by guests and by its guarantor


def _everybody_pays(visit) -> list[PaymentAttempt]:
    """Ten times $100.00 on $800.00, by nine guests and the guarantor."""
    payers = [payer_of(AccessFactory(account=visit.account)), *[guest() for _ in range(9)]]
    attempts = [open_page(start(visit, payer, cents=100_00)) for payer in payers]
    for attempt in attempts:
        pay(attempt.checkout_ref)
    return attempts


def test_guests_and_guarantor_pay_one_account_and_what_is_over_is_kept_apart(visit):
    assert _settles(*_everybody_pays(visit) * 3) == ["paid"] * 30
    assert (posted(), owed(visit), in_bucket(Bucket.PROCESSOR)) == (10, 0, 1_000_00)
    assert in_bucket(Bucket.CREDIT) + in_bucket(Bucket.REFUNDABLE) == -200_00
    assert _sound()


def test_without_locks_payments_of_one_account_get_lost_in_its_balance(visit, no_locks):
    attempts = _everybody_pays(visit)
    no_locks(10)
    _settles(*attempts)
    assert ledger.faults() != []


# Refunds


def _all_ask(payment: ProviderPayment) -> int:
    """Ten clerks ask for the whole payment at once; how many were let."""
    clerks = [UserFactory(is_staff=True) for _ in range(10)]

    def ask(clerk):
        return lambda: (
            refunds.request(
                payment_id=payment.pk,
                amount_cents=800_00,
                reason=RefundReason.DUPLICATE,
                note="",
                by=clerk,
                at=timezone.now(),
            ).state
        )

    return sum(isinstance(result, str) for result in together(*[ask(clerk) for clerk in clerks]))


def _settled(visit) -> ProviderPayment:
    attempt = _paid(visit)
    settling.settle(attempt_id=attempt.pk, at=timezone.now())
    return ProviderPayment.objects.get(attempt=attempt)


def test_money_is_asked_back_once_by_however_many(visit):
    assert _all_ask(_settled(visit)) == 1
    assert Refund.objects.count() == 1


def test_without_locks_the_same_money_is_asked_back_again_and_again(visit, no_locks):
    payment = _settled(visit)
    no_locks(10)
    assert _all_ask(payment) > 1


def _all_send(refund: Refund) -> list[str | Exception]:
    return together(*[lambda: sending.send(refund_id=refund.pk, at=timezone.now()).state] * 10)


@pytest.fixture
def refund(visit, settings) -> Refund:
    settings.REFUND_APPROVAL_CENTS = 1_000_00
    return refunds.request(
        payment_id=_settled(visit).pk,
        amount_cents=300_00,
        reason=RefundReason.DUPLICATE,
        note="",
        by=UserFactory(is_staff=True),
        at=timezone.now(),
    )


def test_refund_that_ten_workers_send_goes_out_and_is_posted_once(visit, refund):
    assert _all_send(refund) == ["succeeded"] * 10
    assert (SandboxRefund.objects.count(), owed(visit)) == (1, 300_00)
    assert LedgerTransaction.objects.filter(kind="refund").count() == 1
    assert _sound()


def _all_post(refund: Refund) -> int:
    """Ten workers post the same refund at once; how often it stands in the ledger."""

    def post() -> None:
        returns.refund(
            source="sandbox",
            payment_ref=refund.payment.ref,
            cents=300_00,
            refund_ref="sbx_re_one",
            effective_date=timezone.localdate(),
            at=timezone.now(),
        )

    together(*[post] * 10)
    return LedgerTransaction.objects.filter(kind="refund").count()


def test_refund_that_ten_workers_post_is_posted_once(visit, refund):
    assert (_all_post(refund), owed(visit)) == (1, 300_00)
    assert ledger.faults() == []


def test_without_locks_and_constraint_one_refund_is_posted_many_times(refund, no_locks, no_constraint):
    no_locks(10)
    assert _all_post(refund) > 1


def test_refund_and_payment_at_the_same_time_leave_what_is_owed_right(visit):
    payment, second = _settled(visit), None
    VisitFactory(account=visit.account, owed_cents=100_00)
    second = open_page(start(visit, guest(), cents=100_00))
    pay(second.checkout_ref)
    refund = refunds.request(
        payment_id=payment.pk,
        amount_cents=100_00,
        reason=RefundReason.GOODWILL,
        note="",
        by=UserFactory(is_staff=True),
        at=timezone.now(),
    )
    jobs = [lambda: sending.send(refund_id=refund.pk, at=timezone.now()).state] * 5
    jobs += [lambda: settling.settle(attempt_id=second.pk, at=timezone.now()).state] * 5
    assert together(*jobs) == ["succeeded"] * 5 + ["paid"] * 5
    assert in_bucket(Bucket.PROCESSOR) == 800_00
    assert in_bucket(Bucket.PATIENT_AR) - in_bucket(Bucket.CREDIT) - in_bucket(Bucket.REFUNDABLE) >= 0
    assert _sound()


def _place(*visits) -> list[None | Exception]:
    payment = ProviderPayment.objects.get()

    def job(visit):
        return lambda: placing.move(payment_id=payment.pk, account_id=visit.account_id, at=timezone.now())

    return together(*[job(visit) for visit in visits])


def test_payment_of_nobody_is_placed_once_by_however_many(visit):
    page = open_checkout()
    pay(page.ref)
    ref = SandboxPayment.objects.get().ref
    settling.settle_payment(ref=ref, at=timezone.now())
    visits = [visit, *(VisitFactory(owed_cents=800_00) for _ in range(5))]
    results = _place(*visits)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", *["NotPlaceable"] * 5]
    assert (in_bucket(Bucket.SUSPENSE), LedgerTransaction.objects.filter(kind="placement").count()) == (0, 1)


def test_payment_that_is_placed_while_it_is_refunded_is_not_spent_twice(visit):
    page = open_checkout()
    pay(page.ref)
    ref = SandboxPayment.objects.get().ref
    settling.settle_payment(ref=ref, at=timezone.now())
    desk.refund_at_desk(payment_ref=ref, amount_cents=125_00, at=timezone.now())
    payment = ProviderPayment.objects.get()
    together(
        lambda: settling.settle_payment(ref=ref, at=timezone.now()),
        lambda: placing.move(payment_id=payment.pk, account_id=visit.account_id, at=timezone.now()),
    )
    assert (in_bucket(Bucket.SUSPENSE), owed(visit)) == (0, 800_00)
    assert ledger.faults() == []
