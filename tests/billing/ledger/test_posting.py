import pytest
from django.db import IntegrityError, transaction

from billing.ledger import verification
from billing.ledger.choices import Bucket, TransactionKind
from billing.ledger.posting import Entry, NotReversible, Unbalanced, WrongVisit
from billing.models import LedgerTransaction
from tests.billing.ledger.steps import credit, owed, pay, post, post_credit, reverse, self_pay_visit
from tests.factories.billing import AccountFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [Entry(Bucket.PROCESSOR, 5)],
        [Entry(Bucket.PROCESSOR, 5), Entry(Bucket.SUSPENSE, -4)],
        [Entry(Bucket.PROCESSOR, 0)] * 3,
    ],
    ids=["nothing", "one side", "a cent short", "zeros"],
)
def test_what_does_not_balance_is_not_posted(entries):
    with pytest.raises(Unbalanced):
        post(entries)
    assert not LedgerTransaction.objects.exists()


def test_entries_of_nothing_are_left_out():
    posted = post([Entry(Bucket.PROCESSOR, 5), Entry(Bucket.CREDIT, 0), Entry(Bucket.SUSPENSE, -5)])
    assert posted.entry_count == posted.entries.count() == 2


def test_visit_of_another_account_is_refused(account):
    other = self_pay_visit(AccountFactory(), 30_00)
    with pytest.raises(WrongVisit):
        post([Entry(Bucket.PROCESSOR, 5), Entry(Bucket.PATIENT_AR, -5, other.pk)], account=account)
    assert owed(other) == [30_00]


def test_visit_without_an_account_is_refused(account):
    bill = self_pay_visit(account, 30_00)
    with pytest.raises(WrongVisit):
        post([Entry(Bucket.PROCESSOR, 5), Entry(Bucket.PATIENT_AR, -5, bill.pk)])


@pytest.mark.parametrize(
    "entries",
    [
        [Entry(Bucket.PROCESSOR, 5), Entry(Bucket.PATIENT_AR, -5)],
        [Entry(Bucket.PROCESSOR, 5), Entry(Bucket.CREDIT, -5)],
        [Entry(Bucket.PROCESSOR, 5), Entry(Bucket.REFUNDABLE, -5)],
    ],
    ids=["debt of no visit", "credit of nobody", "refundable of no payment"],
)
def test_money_that_nobody_could_place_is_refused_by_the_database(entries):
    with pytest.raises(IntegrityError), transaction.atomic():
        post(entries)
    assert not LedgerTransaction.objects.exists()


def test_same_source_is_posted_once_even_with_other_amounts(account):
    first = post_credit(account, 5)
    assert post_credit(account, 7) == first
    assert credit(account) == 5


def test_same_reference_of_another_kind_or_payment_is_another_posting(account):
    first = post_credit(account, 5)
    assert post_credit(account, 7, kind=TransactionKind.CREDIT) != first
    assert post_credit(account, 9, ref="2") != first
    assert credit(account) == 21


def test_what_pays_a_visit_is_counted_as_paid_and_what_is_charged_is_not(account):
    bill = self_pay_visit(account, 100_00)
    post([Entry(Bucket.PROCESSOR, 30_00), Entry(Bucket.PATIENT_AR, -30_00, bill.pk)], account=account)
    bill.refresh_from_db()
    assert (bill.billed_cents, bill.patient_cents, bill.paid_cents) == (100_00, 70_00, 30_00)


def test_one_posting_may_touch_a_visit_and_the_credit_more_than_once(account):
    bill = self_pay_visit(account, 100_00)
    halves = [Entry(Bucket.PATIENT_AR, -20_00, bill.pk), Entry(Bucket.CREDIT, -5_00)] * 2
    post([Entry(Bucket.PROCESSOR, 50_00), *halves], account=account)
    assert (owed(bill), credit(account)) == ([60_00], 10_00)
    assert verification.faults() == []


def test_credit_is_never_overdrawn(account):
    post_credit(account, 5)
    with pytest.raises(IntegrityError), transaction.atomic():
        post_credit(account, -6, ref="2")
    assert credit(account) == 5


def test_reversal_is_the_exact_opposite(account):
    bill = self_pay_visit(account, 50_00)
    posted = pay(account, 60_00)
    reversal = reverse(posted)
    bill.refresh_from_db()
    assert (bill.patient_cents, bill.paid_cents, credit(account)) == (50_00, 0, 0)
    assert reversal.reverses == posted
    assert _sides(reversal) == sorted((bucket, -cents) for bucket, cents in _sides(posted))
    assert verification.faults() == []


def test_reversing_again_under_the_same_reference_changes_nothing(account):
    bill = self_pay_visit(account, 50_00)
    posted = pay(account, 20_00)
    assert reverse(posted) == reverse(posted)
    assert owed(bill) == [50_00]


def test_nothing_is_reversed_twice(account):
    bill = self_pay_visit(account, 50_00)
    posted = pay(account, 20_00)
    reverse(posted)
    with pytest.raises(IntegrityError), transaction.atomic():
        reverse(posted, ref="r2")
    assert owed(bill) == [50_00]


def test_correction_is_not_corrected_again(account):
    self_pay_visit(account, 50_00)
    reversal = reverse(pay(account, 20_00))
    with pytest.raises(NotReversible):
        reverse(reversal, ref="r2")


def _sides(posted):
    return sorted(posted.entries.values_list("bucket", "cents"))
