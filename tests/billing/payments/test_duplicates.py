"""What is warned of before somebody pays again, and what is not."""

import datetime as dt

import pytest
from django.utils import timezone

from billing.ledger import paying as ledger
from billing.ledger import returns
from billing.models import ProviderPayment
from billing.payments import duplicates
from billing.payments.payers import Payer
from tests.billing.payments.steps import hear, open_page, start
from tests.factories.billing import AccessFactory, VisitFactory, guest, payer_of
from tests.factories.sandbox import pay
from tests.queries import cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def visit():
    return VisitFactory(owed_cents=500_00)


@pytest.fixture
def maya(visit) -> Payer:
    return payer_of(AccessFactory(account=visit.account))


def said(visit, payer: Payer, cents: int = 60_00, **terms) -> list[str]:
    found = duplicates.alikes(account_id=visit.account_id, payer=payer, cents=cents, at=timezone.now(), **terms)
    return [alike.text for alike in found]


def paid_at_the_desk(visit, cents: int, days: int) -> None:
    at = timezone.now() - dt.timedelta(days=days)
    ledger.pay(
        account_id=visit.account_id,
        cents=cents,
        chosen={},
        is_guarantor=True,
        source="front_desk",
        payment_ref=f"FD-{days}",
        at=at,
        effective_date=timezone.localdate(at),
    )


def settled(visit, payer: Payer, cents: int = 60_00):
    attempt = open_page(start(visit, payer, cents=cents))
    pay(attempt.checkout_ref)
    hear()
    return attempt


def test_first_payment_is_not_warned_of(visit, maya):
    assert said(visit, maya) == []


def test_own_payment_of_the_same_amount_is_warned_of_with_its_date(visit, maya):
    settled(visit, maya)
    assert said(visit, maya) == [
        f"You paid $60.00 on {timezone.localdate():%b} {timezone.localdate().day}, {timezone.localdate().year}."
    ]
    assert said(visit, maya, 60_01) == []


def test_somebody_elses_payment_is_warned_of_without_saying_whose(visit, maya):
    settled(visit, maya)
    (text,) = said(visit, guest())
    assert text.startswith("$60.00 was paid on this account on ")


@pytest.mark.parametrize(("days", "warned"), [(0, 1), (7, 1), (8, 0)])
def test_payment_at_the_desk_counts_for_seven_days(visit, maya, days, warned):
    paid_at_the_desk(visit, 60_00, days)
    assert len(said(visit, maya)) == warned


def test_days_are_a_setting(visit, maya, settings):
    settings.DUPLICATE_DAYS = 10
    paid_at_the_desk(visit, 60_00, 8)
    assert len(said(visit, maya)) == 1


def test_payment_on_another_account_is_no_duplicate(visit, maya):
    settled(VisitFactory(owed_cents=500_00), guest())
    assert said(visit, maya) == []


def test_own_unfinished_attempt_is_reopened_without_a_warning_unless_the_amount_differs(visit, maya):
    open_page(start(visit, maya, cents=60_00))
    assert said(visit, maya, 60_00) == []
    (text,) = said(visit, maya, 70_00)
    assert text.startswith("You began to pay $60.00 on ")


def test_anybody_elses_unfinished_attempt_is_warned_of_whatever_its_amount(visit, maya):
    open_page(start(visit, maya, cents=60_00))
    start(visit, guest(), cents=80_00)
    assert {text.split(" was begun")[0] for text in said(visit, guest(), 60_00)} == {
        "A payment of $60.00",
        "A payment of $80.00",
    }


def test_bank_payment_on_its_way_is_warned_of_even_to_its_payer(visit, maya):
    attempt = open_page(start(visit, maya, cents=60_00))
    attempt.state = attempt.State.PROCESSING
    attempt.save()
    assert said(visit, maya)[0].endswith("is still on its way from your bank.")
    assert said(visit, guest(), 1_00)[0].endswith("is still on its way from a bank.")


def test_those_who_share_one_sum_are_not_warned_of_each_other(visit):
    one, other = guest(), guest()
    settled(visit, one)
    open_page(start(visit, other, cents=20_00))
    assert len(said(visit, guest())) == 2
    assert said(visit, guest(), together={one.ref, other.ref}) == []


def test_tick_counts_for_the_warning_that_was_shown(visit, maya):
    payer = guest()
    attempt = open_page(start(visit, maya, cents=60_00))
    now = timezone.now()

    def fingerprint() -> str:
        found = duplicates.alikes(account_id=visit.account_id, payer=payer, cents=60_00, at=now)
        return duplicates.fingerprint(found)

    begun = fingerprint()
    assert begun == fingerprint()
    pay(attempt.checkout_ref)
    hear()
    assert fingerprint() != begun


def test_looking_costs_one_query(visit, maya):
    settled(visit, maya)
    assert cost_of(lambda: said(visit, maya)) == 1


def test_payment_that_went_back_is_no_duplicate(visit, maya):
    settled(visit, maya)
    payment = ProviderPayment.objects.get()
    returns.refund(
        cents=60_00,
        source="sandbox",
        payment_ref=payment.ref,
        refund_ref="r1",
        effective_date=timezone.localdate(),
        at=timezone.now(),
    )
    assert said(visit, maya) == []
