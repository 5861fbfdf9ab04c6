"""Charges, insurers' decisions, and where a payment's money goes."""

import pytest
from django.utils import timezone

from billing.ledger import actions, paying, verification
from billing.ledger.actions import Decision, OverDecided
from billing.ledger.choices import Bucket, Hold
from billing.ledger.posting import Unbalanced
from billing.models import Adjudication, LedgerEntry, LedgerTransaction, WorkItem
from tests.billing.ledger.steps import DAY, credit, in_bucket, owed, pay, post_credit, reverse, self_pay_visit
from tests.factories.billing import AccountFactory, ChargeFactory, VisitFactory, bill
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

SHARE = Decision(insurance_cents=80_00, copay_cents=20_00)


@pytest.fixture
def covered(account):
    """A visit of $100.00 for which the insurer has not answered."""
    return VisitFactory(account=account, pending_cents=100_00)


def decide(visit, decision, *, line=1, ref="e1"):
    return actions.adjudicate(
        charge=visit.charges.get(line=line),
        decision=decision,
        payer_name="Acme Health Plan",
        source="test",
        source_ref=ref,
        decided_date=DAY,
        at=timezone.now(),
    )


def take_back(adjudication):
    return actions.take_back(adjudication=adjudication, effective_date=DAY, at=timezone.now())


def credit_overpaid(visit, *, ref="o1"):
    return paying.credit_overpaid(visit=visit, source="test", source_ref=ref, effective_date=DAY, at=timezone.now())


def columns(visit):
    visit.refresh_from_db()
    return (visit.insurer_cents, visit.patient_cents, visit.insurance_cents, visit.discount_cents)


def work():
    return list(WorkItem.objects.values_list("kind", "cause"))


def test_charge_waits_for_the_insurer_and_without_one_is_owed(account, covered):
    assert columns(covered) == (100_00, 0, 0, 0)
    assert columns(self_pay_visit(account, 40_00)) == (0, 40_00, 0, 0)
    assert in_bucket(Bucket.REVENUE) == -140_00


def test_charge_waits_where_only_the_insurers_name_is_known():
    visit = VisitFactory(payer_name="Acme Health Plan")
    actions.charge(charge=ChargeFactory(visit=visit, cents=90_00), at=timezone.now())
    assert columns(visit) == (90_00, 0, 0, 0)


def test_same_charge_is_posted_once(covered):
    actions.charge(charge=covered.charges.get(), at=timezone.now())
    assert columns(covered) == (100_00, 0, 0, 0)


def test_decision_empties_what_waits_into_its_parts(covered):
    parts = {"deductible_cents": 9_00, "copay_cents": 8_00, "coinsurance_cents": 7_00, "not_covered_cents": 6_00}
    decide(covered, Decision(insurance_cents=50_00, discount_cents=20_00, **parts))
    assert columns(covered) == (0, 30_00, 50_00, 20_00)
    assert Adjudication.objects.filter(charge__visit=covered, **parts).count() == 1
    assert verification.faults() == []


def test_what_a_decision_leaves_over_goes_on_waiting_for_a_second_insurer(covered):
    decide(covered, Decision(insurance_cents=70_00))
    assert columns(covered) == (30_00, 0, 70_00, 0)
    decide(covered, Decision(insurance_cents=20_00, copay_cents=10_00), ref="e2")
    assert columns(covered) == (0, 10_00, 90_00, 0)


def test_same_decision_again_changes_nothing(covered):
    assert decide(covered, SHARE) == decide(covered, SHARE)
    assert columns(covered) == (0, 20_00, 80_00, 0)
    assert Adjudication.objects.count() == 1


def test_decision_about_more_than_the_charge_still_has_waiting_is_refused(covered):
    with pytest.raises(OverDecided):
        decide(covered, Decision(insurance_cents=100_01))
    decide(covered, Decision(insurance_cents=70_00))
    with pytest.raises(OverDecided):
        decide(covered, Decision(insurance_cents=30_01), ref="e2")
    assert columns(covered) == (30_00, 0, 70_00, 0)


def test_decision_about_one_charge_takes_nothing_of_what_another_waits_for(covered):
    bill(covered, pending_cents=50_00)
    with pytest.raises(OverDecided):
        decide(covered, Decision(insurance_cents=50_01), line=2)
    decide(covered, Decision(insurance_cents=50_00), line=2)
    assert columns(covered) == (100_00, 0, 50_00, 0)


def test_decision_about_nothing_is_refused(covered):
    with pytest.raises(Unbalanced):
        decide(covered, Decision())
    assert not Adjudication.objects.exists()


def test_decision_taken_back_waits_for_the_insurer_again(covered):
    adjudication = decide(covered, SHARE)
    assert take_back(adjudication) == take_back(adjudication)
    assert columns(covered) == (100_00, 0, 0, 0)
    assert not Adjudication.objects.in_force().exists()
    assert verification.faults() == []


def test_what_was_paid_over_a_lower_share_becomes_credit_and_staff_look(account, covered):
    adjudication = decide(covered, SHARE)
    pay(account, 20_00)
    take_back(adjudication)
    decide(covered, Decision(insurance_cents=95_00, copay_cents=5_00), ref="e2")
    credit_overpaid(covered)
    covered.refresh_from_db()
    assert (covered.patient_cents, covered.paid_cents, credit(account)) == (0, 5_00, 15_00)
    assert work() == [("overpayment", "test:o1")]
    assert verification.faults() == []


def test_same_overpayment_is_credited_once(account, covered):
    adjudication = decide(covered, SHARE)
    pay(account, 20_00)
    take_back(adjudication)
    credit_overpaid(covered)
    assert credit_overpaid(covered) is None
    assert (credit(account), len(work())) == (20_00, 1)


def test_nothing_is_credited_while_something_is_owed(account):
    visit = self_pay_visit(account, 30_00)
    assert credit_overpaid(visit) is None
    pay(account, 30_00)
    assert credit_overpaid(visit) is None
    assert (credit(account), work()) == (0, [])


def test_credited_overpayment_can_be_corrected(account, covered):
    adjudication = decide(covered, SHARE)
    pay(account, 20_00)
    take_back(adjudication)
    reverse(credit_overpaid(covered))
    covered.refresh_from_db()
    assert (covered.patient_cents, covered.paid_cents, credit(account)) == (-20_00, 20_00, 0)
    assert verification.faults() == []


def test_payment_without_a_choice_goes_to_the_oldest_first(account):
    newest, oldest, middle = (self_pay_visit(account, 30_00, day=day) for day in (9, 2, 5))
    pay(account, 40_00)
    assert owed(oldest, middle, newest) == [0, 20_00, 30_00]
    assert work() == []


def test_chosen_visits_get_what_was_chosen_though_older_ones_are_owed(account):
    old, new = self_pay_visit(account, 30_00, day=2), self_pay_visit(account, 50_00, day=9)
    pay(account, 45_00, chosen={new: 45_00})
    assert owed(old, new) == [30_00, 5_00]
    assert credit(account) == 0


def test_chosen_visits_get_no_more_than_is_owed_and_unchosen_ones_nothing(account):
    old, new = self_pay_visit(account, 30_00, day=2), self_pay_visit(account, 50_00, day=9)
    pay(account, 80_00, chosen={new: 80_00})
    assert owed(old, new) == [30_00, 0]
    assert credit(account) == 30_00
    assert work() == [("overpayment", "test:p1")]


def test_several_chosen_visits_each_get_their_own_part(account):
    old, new = self_pay_visit(account, 30_00, day=2), self_pay_visit(account, 50_00, day=9)
    pay(account, 35_00, chosen={old: 10_00, new: 25_00})
    assert owed(old, new) == [20_00, 25_00]


def test_capture_of_less_than_was_chosen_pays_the_oldest_chosen_first(account):
    old, new = self_pay_visit(account, 30_00, day=2), self_pay_visit(account, 50_00, day=9)
    pay(account, 40_00, chosen={new: 50_00, old: 30_00})
    assert owed(old, new) == [0, 40_00]


@pytest.mark.parametrize("hold", [Hold.PLAN, Hold.AGENCY, Hold.CONTESTED])
def test_held_visits_are_paid_only_when_chosen(account, hold):
    held = self_pay_visit(account, 30_00, day=2, hold=hold)
    free = self_pay_visit(account, 50_00, day=9)
    pay(account, 60_00)
    assert owed(held, free) == [30_00, 0]
    assert credit(account) == 10_00
    pay(account, 30_00, chosen={held: 30_00}, ref="p2")
    assert owed(held) == [0]


@pytest.mark.parametrize("is_chosen", [True, False])
def test_confidential_visit_is_never_paid(account, is_chosen):
    private = self_pay_visit(account, 30_00, hold=Hold.CONFIDENTIAL)
    pay(account, 30_00, chosen={private: 30_00} if is_chosen else {})
    assert owed(private) == [30_00]
    assert credit(account) == 30_00


@pytest.mark.parametrize("is_chosen", [True, False])
def test_visit_of_another_account_is_never_paid(account, is_chosen):
    other = self_pay_visit(AccountFactory(), 30_00)
    pay(account, 30_00, chosen={other: 30_00} if is_chosen else {})
    assert owed(other) == [30_00]


def test_what_waits_for_the_insurer_is_never_paid(account, covered):
    pay(account, 30_00)
    assert columns(covered) == (100_00, 0, 0, 0)
    assert credit(account) == 30_00


def test_third_partys_excess_waits_to_go_back_to_their_card(account):
    self_pay_visit(account, 30_00)
    pay(account, 50_00, is_guarantor=False)
    entry = LedgerEntry.objects.get(bucket=Bucket.REFUNDABLE)
    assert (credit(account), entry.cents, entry.payment_ref) == (0, -20_00, "p1")
    assert work() == [("overpayment", "test:p1")]


def test_payment_of_the_exact_amount_leaves_nothing_over(account):
    visit = self_pay_visit(account, 30_00)
    pay(account, 30_00, is_guarantor=False)
    assert owed(visit) == [0]
    assert (in_bucket(Bucket.REFUNDABLE), work()) == (0, [])


@pytest.mark.parametrize("cents", [0, -2000])
def test_payment_of_nothing_or_less_is_refused(account, cents):
    post_credit(account, 50_00)
    with pytest.raises(ValueError, match="more than nothing"):
        pay(account, cents)
    account.refresh_from_db()
    assert account.credit_cents == 50_00


def test_same_payment_twice_changes_nothing(account):
    visit = self_pay_visit(account, 50_00)
    assert pay(account, 70_00) == pay(account, 70_00)
    assert (owed(visit), credit(account), len(work())) == ([0], 20_00, 1)


def test_same_payment_is_posted_once_though_the_bill_has_changed_since(account):
    first = pay(account, 20_00)
    visit = self_pay_visit(account, 50_00, day=9)
    assert pay(account, 20_00) == first
    assert (owed(visit), credit(account)) == ([50_00], 20_00)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_payers_at_once_never_place_more_than_is_owed():
    account = AccountFactory()
    bills = [self_pay_visit(account, 100_00, day=day) for day in (1, 2, 3)]
    results = together(
        *[lambda n=n: pay(account, 70_00, ref=f"p{n}", is_guarantor=bool(n % 2)).kind for n in range(10)]
    )
    assert results == ["payment"] * 10
    assert owed(*bills) == [0, 0, 0]
    assert credit(account) - in_bucket(Bucket.REFUNDABLE) == 700_00 - 300_00
    assert verification.faults() == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_credit_loses_none_of_the_payments_that_come_at_once():
    """With nothing owed there is no visit to lock: the account's own lock has to do it."""
    account = AccountFactory()

    def pay_often(payer):
        for n in range(6):
            pay(account, 1_00, ref=f"{payer}-{n}")

    assert together(*[lambda payer=payer: pay_often(payer) for payer in range(8)]) == [None] * 8
    assert credit(account) == 48_00
    assert verification.faults() == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_same_payment_from_several_workers_is_posted_once():
    account = AccountFactory()
    visit = self_pay_visit(account, 100_00)
    results = together(*[lambda: pay(account, 30_00).pk for _ in range(8)])
    assert results == [LedgerTransaction.objects.get(kind="payment").pk] * 8
    assert owed(visit) == [70_00]
