"""The rules of payments.md §4 for what insurers, deposits, credit and third parties leave on an account."""

import pytest
from django.utils import timezone

from billing.ledger import actions, paying, posting, returns, verification
from billing.ledger.actions import Decision
from billing.ledger.choices import Bucket, Denial, Hold
from billing.models import GuarantorAccount, LedgerTransaction, VisitAccount, WorkItem
from tests.billing.ledger.steps import DAY, credit, in_bucket, owed, pay, self_pay_visit
from tests.factories.billing import VisitFactory, decide

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def covered(account) -> VisitAccount:
    """A visit of $100.00 for which the insurer has not answered."""
    return VisitFactory(account=account, pending_cents=100_00)


@pytest.fixture(autouse=True)
def sound():
    yield
    assert verification.faults() == []


def _deny(visit, denial: Denial, ref="d1"):
    return actions.deny(
        charge=visit.charges.get(),
        denial=denial,
        payer_name="Acme Health Plan",
        source="test",
        source_ref=ref,
        decided_date=DAY,
        at=timezone.now(),
    )


def _decide(visit, **parts: int) -> None:
    decide(visit.charges.get(), Decision(**{f"{name}_cents": cents for name, cents in parts.items()}))


def _deposit(visit, cents, *, is_guarantor=True, ref="c1"):
    return paying.deposit(
        visit_id=visit.pk,
        cents=cents,
        is_guarantor=is_guarantor,
        source="test",
        payment_ref=ref,
        at=timezone.now(),
        effective_date=DAY,
    )


def _use_credit(account: GuarantorAccount, cents, ref="u1"):
    return paying.use_credit(
        account_id=account.pk, cents=cents, source="test", source_ref=ref, effective_date=DAY, at=timezone.now()
    )


def _refund(cents, *, payment="p1", ref="r1"):
    return returns.refund(
        source="test", payment_ref=payment, cents=cents, refund_ref=ref, effective_date=DAY, at=timezone.now()
    )


def _columns(visit) -> tuple[int, int, int]:
    visit.refresh_from_db()
    return visit.insurer_cents, visit.patient_cents, visit.deposit_cents


# Denials


def test_contractual_denial_is_a_discount_that_nobody_owes(covered):
    _deny(covered, Denial.CONTRACTUAL)
    assert _columns(covered) == (0, 0, 0)
    assert covered.discount_cents == 100_00


def test_denial_that_is_the_patients_is_owed(covered):
    assert _deny(covered, Denial.PATIENT).not_covered_cents == 100_00
    assert _columns(covered) == (0, 100_00, 0)


def test_appealed_denial_goes_on_waiting_and_is_work_for_staff(covered):
    assert _deny(covered, Denial.APPEALED) is None
    assert _columns(covered) == (100_00, 0, 0)
    assert WorkItem.objects.get().kind == "appeal"


def test_denial_is_about_what_still_waits(covered):
    _decide(covered, insurance=80_00)
    _deny(covered, Denial.CONTRACTUAL)
    assert (_columns(covered), covered.discount_cents) == ((0, 0, 0), 20_00)
    with pytest.raises(posting.Unbalanced):
        _deny(covered, Denial.PATIENT, ref="d2")


# A second insurer, and taking back


def test_remainder_waits_until_the_second_insurer_answers(covered):
    _decide(covered, insurance=80_00)
    assert _columns(covered) == (20_00, 0, 0)
    _decide(covered, insurance=15_00, copay=5_00)
    assert _columns(covered) == (0, 5_00, 0)


def test_takeback_waits_for_the_insurer_again_and_keeps_what_was_paid(covered, account):
    _decide(covered, insurance=80_00, copay=20_00)
    pay(account, 20_00)
    actions.take_back(adjudication=covered.charges.get().adjudications.get(), effective_date=DAY, at=timezone.now())
    assert _columns(covered) == (100_00, -20_00, 0)
    _decide(covered, insurance=90_00, copay=10_00)
    paying.credit_overpaid(visit=covered, source="test", source_ref="o", effective_date=DAY, at=timezone.now())
    assert (_columns(covered), credit(account)) == ((0, 0, 0), 10_00)


# Deposits


def test_copay_before_the_decision_waits_as_a_deposit_and_pays_the_share(covered, account):
    _deposit(covered, 20_00)
    assert (_columns(covered), in_bucket(Bucket.DEPOSIT)) == ((100_00, 0, 20_00), -20_00)
    _decide(covered, insurance=70_00, copay=30_00)
    assert (_columns(covered), credit(account)) == ((0, 10_00, 0), 0)
    assert covered.paid_cents == 20_00


@pytest.mark.parametrize(("is_guarantor", "credited", "refundable"), [(True, 15_00, 0), (False, 0, -15_00)])
def test_deposit_over_the_share_belongs_to_who_paid_it(covered, account, is_guarantor, credited, refundable):
    _deposit(covered, 20_00, is_guarantor=is_guarantor)
    _decide(covered, insurance=95_00, copay=5_00)
    assert _columns(covered) == (0, 0, 0)
    assert (credit(account), in_bucket(Bucket.REFUNDABLE)) == (credited, refundable)
    assert WorkItem.objects.filter(kind="overpayment").exists()


def test_deposit_stays_while_another_insurer_is_waited_for(covered):
    _deposit(covered, 20_00)
    _decide(covered, insurance=60_00, copay=5_00)
    assert _columns(covered) == (35_00, 0, 15_00)


def test_deposit_is_refunded_before_what_was_used_of_it(covered):
    _deposit(covered, 20_00)
    _decide(covered, insurance=60_00, copay=5_00)
    _refund(18_00, payment="c1")
    assert _columns(covered) == (35_00, 3_00, 0)


# Credit


def test_credit_pays_the_oldest_visit_first(account):
    old, new = self_pay_visit(account, 30_00, day=1), self_pay_visit(account, 40_00, day=2)
    pay(account, 120_00, chosen={old: 30_00, new: 40_00})
    assert credit(account) == 50_00
    older, newer = self_pay_visit(account, 20_00, day=3), self_pay_visit(account, 40_00, day=4)
    _use_credit(account, 50_00)
    assert (owed(older, newer), credit(account)) == ([0, 10_00], 0)


def test_credit_is_used_once(account):
    pay(account, 50_00)
    visit = self_pay_visit(account, 80_00)
    _use_credit(account, 20_00)
    _use_credit(account, 20_00)
    assert (owed(visit), credit(account)) == ([60_00], 30_00)


@pytest.mark.parametrize("cents", [0, -1, 50_01, 90_00])
def test_no_more_credit_than_there_is_or_is_owed_is_used(account, cents):
    pay(account, 50_00)
    self_pay_visit(account, 45_00)
    with pytest.raises(paying.NoCredit):
        _use_credit(account, cents)
    with pytest.raises(paying.NoCredit):
        _use_credit(account, 45_01)
    assert credit(account) == 50_00
    self_pay_visit(account, 90_00)
    with pytest.raises(paying.NoCredit):
        _use_credit(account, 50_01)


# Whose the excess is


@pytest.mark.parametrize(("is_guarantor", "credited", "refundable"), [(True, 10_00, 0), (False, 0, -10_00)])
def test_what_a_new_decision_leaves_over_goes_to_who_had_paid(covered, account, is_guarantor, credited, refundable):
    _decide(covered, insurance=80_00, copay=20_00)
    pay(account, 20_00, is_guarantor=is_guarantor)
    actions.take_back(adjudication=covered.charges.get().adjudications.get(), effective_date=DAY, at=timezone.now())
    _decide(covered, insurance=90_00, copay=10_00)
    paying.credit_overpaid(visit=covered, source="test", source_ref="o", effective_date=DAY, at=timezone.now())
    assert (credit(account), in_bucket(Bucket.REFUNDABLE)) == (credited, refundable)


def test_last_payer_gets_back_first_what_a_new_decision_leaves_over(covered, account):
    _decide(covered, insurance=80_00, copay=20_00)
    pay(account, 15_00, is_guarantor=True, ref="p1")
    pay(account, 5_00, is_guarantor=False, ref="p2")
    actions.take_back(adjudication=covered.charges.get().adjudications.get(), effective_date=DAY, at=timezone.now())
    _decide(covered, insurance=88_00, copay=12_00)
    paying.credit_overpaid(visit=covered, source="test", source_ref="o", effective_date=DAY, at=timezone.now())
    assert (in_bucket(Bucket.REFUNDABLE), credit(account)) == (-5_00, 3_00)


@pytest.mark.parametrize("hold", [Hold.PLAN, Hold.AGENCY, Hold.CONTESTED])
def test_held_visits_are_skipped_unless_they_are_chosen(account, hold):
    held, free = self_pay_visit(account, 30_00, day=1, hold=hold), self_pay_visit(account, 30_00, day=2)
    pay(account, 20_00)
    assert owed(held, free) == [30_00, 10_00]
    pay(account, 10_00, chosen={held: 10_00}, ref="p2")
    assert owed(held, free) == [20_00, 10_00]


# Suspense


def test_payment_of_nobody_is_held_placed_and_refunded_from_there(account):
    visit = self_pay_visit(account, 30_00)
    held = paying.suspend(cents=50_00, source="test", payment_ref="x1", at=timezone.now(), effective_date=DAY)
    _refund(5_00, payment="x1", ref="r0")
    assert in_bucket(Bucket.SUSPENSE) == -45_00
    paying.place(payment=held, account_id=account.pk, effective_date=DAY, at=timezone.now())
    assert (owed(visit), in_bucket(Bucket.SUSPENSE), in_bucket(Bucket.REFUNDABLE)) == ([0], 0, -15_00)
    with pytest.raises(paying.NotPlaceable):
        paying.place(payment=held, account_id=account.pk, effective_date=DAY, at=timezone.now())
    _refund(25_00, payment="x1")
    assert (owed(visit), in_bucket(Bucket.REFUNDABLE)) == ([10_00], 0)


def test_refund_of_an_unknown_payment_is_no_posting():
    with pytest.raises(returns.UnknownPayment):
        _refund(5_00, payment="nobody")
    assert not LedgerTransaction.objects.exists()


def test_refund_of_used_credit_reopens_what_credit_paid_and_not_what_a_third_party_did(account):
    first = self_pay_visit(account, 40_00, day=1)
    pay(account, 60_00, ref="p1")
    aunts = self_pay_visit(account, 30_00, day=9)
    pay(account, 30_00, is_guarantor=False, ref="p2")
    mine = self_pay_visit(account, 20_00, day=5)
    _use_credit(account, 20_00)
    _refund(20_00, payment="p1")
    _refund(40_00, payment="p1", ref="r2")
    assert owed(first, mine, aunts) == [40_00, 20_00, 0]
    _refund(30_00, payment="p2", ref="r3")
    assert owed(aunts) == [30_00]
    assert in_bucket(Bucket.SUSPENSE) == 0
    assert not WorkItem.objects.filter(kind="money_left_over").exists()


def test_refund_takes_the_credit_of_its_own_payment_and_leaves_the_others(account):
    visit = self_pay_visit(account, 40_00)
    pay(account, 40_00, ref="p1")
    pay(account, 25_00, ref="p2")
    _refund(40_00, payment="p1")
    assert (owed(visit), credit(account)) == ([40_00], 25_00)
    _refund(25_00, payment="p2", ref="r2")
    assert (owed(visit), credit(account)) == ([40_00], 0)


@pytest.mark.parametrize("used", [0, 20_00, 40_00])
def test_more_going_back_than_a_payment_brought_takes_nothing_of_another_payments_credit(account, used):
    self_pay_visit(account, 20_00, day=1)
    pay(account, 40_00, ref="p1")
    pay(account, 20_00, ref="p2")
    later = [self_pay_visit(account, 20_00, day=day) for day in (5, 9)]
    if used:
        _use_credit(account, used)
    _refund(60_00, payment="p1")
    assert in_bucket(Bucket.SUSPENSE) == 20_00
    assert credit(account) + 40_00 - sum(owed(*later)) == 20_00


def test_chargeback_of_a_placed_payment_is_shown_on_the_account_that_it_was_placed_on(account):
    held = paying.suspend(cents=50_00, source="test", payment_ref="x1", at=timezone.now(), effective_date=DAY)
    paying.place(payment=held, account_id=account.pk, effective_date=DAY, at=timezone.now())
    taken = returns.withhold(
        source="test", payment_ref="x1", cents=50_00, dispute_ref="d1", effective_date=DAY, at=timezone.now()
    )
    assert taken.account == account
