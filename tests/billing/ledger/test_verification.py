"""Every kind of tampering that leaves a trace is found and named."""

import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from billing.ledger import accounts, verification
from billing.ledger.actions import Decision
from billing.models import (
    Adjudication,
    Charge,
    Guarantor,
    GuarantorAccount,
    LedgerEntry,
    LedgerTransaction,
    VisitAccount,
)
from tests.billing.ledger.steps import pay, reverse, self_pay_visit
from tests.factories.billing import AccountFactory, VisitFactory, decide

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture(autouse=True)
def books(account):
    """A charge decided by an insurer, one owed by the patient, a payment with some over, and a correction."""
    covered = VisitFactory(account=account, pending_cents=100_00)
    decide(covered.charges.get(), Decision(insurance_cents=60_00, discount_cents=25_00, copay_cents=15_00))
    self_pay_visit(account, 40_00)
    pay(account, 60_00)
    reverse(pay(account, 7_00, ref="p2"))


def test_sound_books_have_no_faults():
    assert verification.faults() == []


def test_books_without_anything_posted_have_no_faults():
    AccountFactory()
    VisitFactory()
    assert verification.faults() == []


@pytest.mark.parametrize(
    "column",
    ["insurer_cents", "patient_cents", "billed_cents", "discount_cents", "insurance_cents", "paid_cents"],
)
def test_changed_balance_of_a_visit_is_found(column):
    visit = VisitAccount.objects.filter(insurance_cents__gt=0).get()
    right = getattr(visit, column)
    VisitAccount.objects.filter(pk=visit.pk).update(**{column: right + 1})
    assert verification.faults() == [
        f"Visit account {visit.pk} says {column} {right + 1}, its entries say {right}.",
    ]


def test_changed_credit_is_found(account):
    GuarantorAccount.objects.update(credit_cents=9_99)
    assert verification.faults() == [f"Guarantor account {account.pk} says a credit of 999, its entries say 500."]


def test_guarantor_who_cannot_be_found_by_their_name_is_named(account):
    Guarantor.objects.filter(pk=account.guarantor_id).update(family_name="García-López")
    assert verification.faults() == [f"Guarantor {account.guarantor_id} cannot be found by the last name they have."]
    accounts.add_names(guarantor=account.guarantor, last_names=["Garcia Lopez"])
    assert verification.faults() == []


def test_name_of_which_nothing_is_left_is_nothing_to_find(account):
    Guarantor.objects.filter(pk=account.guarantor_id).update(family_name="--")
    assert verification.faults() == []


def _payment():
    return LedgerTransaction.objects.get(kind="payment", source_ref="p1")


def _add_to_processor():
    LedgerEntry.objects.filter(transaction=_payment(), bucket="processor").update(cents=60_01)


def _drop_an_entry():
    LedgerEntry.objects.filter(transaction=_payment(), bucket="credit").delete()


def _drop_every_entry():
    _payment().entries.all().delete()


def _add_a_balanced_pair():
    for cents in (5, -5):
        LedgerEntry.objects.create(transaction=_payment(), bucket="suspense", cents=cents)


def _miscount():
    LedgerTransaction.objects.filter(pk=_payment().pk).update(entry_count=7)


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (_add_to_processor, "sums to 1 cents with 4 of 4 entries"),
        (_drop_an_entry, "sums to 500 cents with 3 of 4 entries"),
        (_drop_every_entry, "sums to None cents with 0 of 4 entries"),
        (_add_a_balanced_pair, "sums to 0 cents with 6 of 4 entries"),
        (_miscount, "sums to 0 cents with 4 of 7 entries"),
    ],
)
def test_changed_transaction_is_found(tamper, words):
    """On PostgreSQL the triggers refuse these (test_triggers.py)."""
    posted = _payment()
    tamper()
    assert f"Transaction {posted.pk} {words}." in verification.faults()


def _move_to_another_visit():
    entry = LedgerEntry.objects.filter(transaction=_payment(), bucket="patient_ar").order_by("cents").first()
    other = VisitAccount.objects.exclude(pk=entry.visit_id).get()
    LedgerEntry.objects.filter(pk=entry.pk).update(visit=other)


def _move_to_another_account():
    LedgerEntry.objects.filter(bucket="credit").update(account=AccountFactory())


def _say_it_was_a_decision():
    LedgerTransaction.objects.filter(pk=_payment().pk).update(kind="adjudication")


def _delete_a_payment():
    posted = _payment()
    posted.entries.all().delete()
    posted.delete()


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (_move_to_another_visit, "says patient_cents"),
        (_move_to_another_account, "says a credit of"),
        (_say_it_was_a_decision, "says paid_cents"),
        (_delete_a_payment, "says patient_cents"),
    ],
)
def test_change_that_still_balances_is_found(tamper, words):
    """On PostgreSQL the triggers refuse these (test_triggers.py)."""
    tamper()
    assert words in " ".join(verification.faults())


def _delete_the_decision():
    Adjudication.objects.all().delete()


def _name_another_transaction():
    Adjudication.objects.update(transaction=_payment())


def _take_the_charge_away():
    Charge.objects.filter(visit__insurance_cents=0).delete()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda: Charge.objects.filter(cents=40_00).update(cents=41_00), "says 4100 cents, its entries say 4000"),
        (lambda: Charge.objects.filter(cents=40_00).update(cents=0), "says 0 cents, its entries say 4000"),
        (lambda: Charge.objects.filter(cents=40_00).update(id=uuid.uuid4()), "says 4000 cents, its entries say 0"),
        (_take_the_charge_away, "4000 cents are posted for charge"),
        (lambda: Charge.objects.update(visit=VisitFactory(), line=F("cents") / 100), ", posted on"),
        (lambda: Adjudication.objects.update(copay_cents=0), "says [6000, 2500, 0] cents, its entries say"),
        (_delete_the_decision, "posts a decision, which is not there"),
        (_name_another_transaction, "posts no decision but a payment"),
        (_name_another_transaction, "says [6000, 2500, 1500] cents, its entries say [0, 0, 0]"),
    ],
    ids=[
        "dearer charge", "charge of nothing", "unposted charge", "posted charge of nobody", "charge of another visit",
        "smaller decision", "posted decision of nobody", "decision that posts a payment", "decision without entries",
    ],
)  # fmt: skip
def test_charges_and_decisions_and_their_entries_belong_together(damage, words):
    damage()
    assert any(words in fault for fault in verification.faults())


def test_command_fails_when_something_is_wrong(capsys):
    call_command("verify_ledger")
    assert "adds up: 6 transactions" in capsys.readouterr().out
    VisitAccount.objects.update(paid_cents=1)
    with pytest.raises(CommandError, match="says paid_cents 1"):
        call_command("verify_ledger")
