"""Money that was over pays a visit that owes again; nothing of it gets stuck, and nothing is moved twice."""

import pytest
from django.utils import timezone

from billing.ledger import actions, paying, verification
from billing.ledger.actions import Decision
from billing.ledger.choices import Bucket, Hold
from billing.models import LedgerTransaction, WorkItem
from tests.billing.ledger.steps import DAY, credit, in_bucket, owed, pay, self_pay_visit
from tests.factories.billing import AccountFactory, VisitFactory, decide
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture(autouse=True)
def sound():
    yield
    assert verification.faults() == []


def reissued(account, *, is_guarantor=False):
    """A guest paid a share of $20.00; the insurer lowered it to $5.00, and then went back to $20.00."""
    visit = VisitFactory(account=account, pending_cents=100_00)
    decide(visit.charges.get(), Decision(insurance_cents=80_00, copay_cents=20_00))
    payment = pay(account, 20_00, is_guarantor=is_guarantor)
    _decide_again(visit, Decision(insurance_cents=95_00, copay_cents=5_00))
    _decide_again(visit, Decision(insurance_cents=80_00, copay_cents=20_00))
    return visit, payment


def _decide_again(visit, decision):
    standing = visit.charges.get().adjudications.in_force().get()
    actions.take_back(adjudication=standing, effective_date=DAY, at=timezone.now())
    decide(visit.charges.get(), decision)
    paying.credit_overpaid(
        visit=visit, source="test", source_ref=f"o{decision.copay_cents}", effective_date=DAY, at=timezone.now()
    )


def put_back(payment, visit, cents, *, ref="b1"):
    return paying.put_back(
        payment=payment, visit_id=visit.pk, cents=cents, source_ref=ref, effective_date=DAY, at=timezone.now()
    )


def test_guests_money_pays_the_visit_again_when_the_decision_is_as_it_was(account):
    visit, payment = reissued(account)
    assert (owed(visit), in_bucket(Bucket.REFUNDABLE)) == ([15_00], -15_00)
    put_back(payment, visit, 15_00)
    visit.refresh_from_db()
    assert (visit.patient_cents, visit.paid_cents, in_bucket(Bucket.REFUNDABLE)) == (0, 20_00, 0)


def test_guarantors_credit_pays_it_again_too(account):
    visit, payment = reissued(account, is_guarantor=True)
    assert (owed(visit), credit(account)) == ([15_00], 15_00)
    put_back(payment, visit, 15_00)
    assert (owed(visit), credit(account)) == ([0], 0)


def test_credit_that_was_used_meanwhile_is_not_put_back(account):
    visit, payment = reissued(account, is_guarantor=True)
    paying.use_credit(
        account_id=account.pk, cents=10_00, source="test", source_ref="u", effective_date=DAY, at=timezone.now()
    )
    with pytest.raises(paying.NotOver):
        put_back(payment, visit, 5_01)
    put_back(payment, visit, 5_00)
    assert (owed(visit), credit(account)) == ([0], 0)


def test_money_is_put_back_once_however_often_the_button_is_pressed(account):
    visit, payment = reissued(account)
    assert put_back(payment, visit, 10_00) == put_back(payment, visit, 10_00)
    assert (owed(visit), in_bucket(Bucket.REFUNDABLE)) == ([5_00], -5_00)


@pytest.mark.parametrize("cents", [0, -1, 15_01])
def test_no_more_is_put_back_than_waits(account, cents):
    visit, payment = reissued(account)
    other = self_pay_visit(account, 90_00)
    with pytest.raises(paying.NotOver):
        put_back(payment, other, cents)
    assert owed(visit, other) == [15_00, 90_00]


def test_no_more_is_put_back_than_the_visit_owes(account):
    _visit, payment = reissued(account)
    other = self_pay_visit(account, 8_00)
    with pytest.raises(paying.NotOver):
        put_back(payment, other, 8_01)


def test_visit_of_another_account_and_a_confidential_one_are_left_alone(account):
    _visit, payment = reissued(account)
    for other in (self_pay_visit(AccountFactory(), 9_00), self_pay_visit(account, 9_00, hold=Hold.CONFIDENTIAL)):
        with pytest.raises(paying.NotOver):
            put_back(payment, other, 5_00)
        assert owed(other) == [9_00]


def test_payment_of_nobody_is_placed_and_not_put_back(account):
    held = paying.suspend(cents=50_00, source="test", payment_ref="x1", at=timezone.now(), effective_date=DAY)
    with pytest.raises(paying.NotOver):
        put_back(held, self_pay_visit(account, 30_00), 10_00)


def test_each_payment_of_which_something_is_over_is_work_of_its_own_with_its_amount(account):
    visit = VisitFactory(account=account, pending_cents=100_00)
    decide(visit.charges.get(), Decision(insurance_cents=80_00, copay_cents=20_00))
    pay(account, 12_00, is_guarantor=False, ref="p1")
    pay(account, 8_00, is_guarantor=False, ref="p2")
    _decide_again(visit, Decision(insurance_cents=95_00, copay_cents=5_00))
    found = WorkItem.objects.values_list("payment_ref", "amount_cents", "visit").order_by("payment_ref")
    assert list(found) == [("p1", 7_00, visit.pk), ("p2", 8_00, visit.pk)]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_put_no_more_back_than_waits():
    account = AccountFactory()
    visit, payment = reissued(account)

    def press(number):
        try:
            put_back(payment, visit, 10_00, ref=f"b{number}")
        except paying.NotOver:
            return False
        return True

    assert sorted(together(*[lambda n=n: press(n) for n in range(4)])) == [False, False, False, True]
    assert (owed(visit), in_bucket(Bucket.REFUNDABLE)) == ([5_00], -5_00)
    assert LedgerTransaction.objects.filter(kind="reapply").count() == 1
