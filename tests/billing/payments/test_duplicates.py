"""What is warned of before somebody pays again, and what is not."""

import datetime as dt

import pytest
from django.utils import timezone

from billing.ledger import paying as ledger
from billing.ledger import returns
from billing.models import ProviderPayment
from billing.payments import actions, duplicates, settling
from billing.payments.models import PaymentAttempt
from billing.payments.payers import Payer
from billing.sandbox.methods import Method
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


@pytest.mark.parametrize("cents", [60_00, 70_00])
def test_page_that_was_left_by_the_way_back_or_closed_is_no_warning_to_anybody(visit, maya, cents):
    open_page(start(visit, maya, cents=60_00))
    assert said(visit, maya, cents) == said(visit, guest(), cents) == []


def test_declined_and_given_up_tries_are_no_warning(visit, maya):
    attempt = open_page(start(visit, maya, cents=60_00))
    pay(attempt.checkout_ref, Method.DECLINED)
    settling.settle(attempt_id=attempt.pk, at=timezone.now())
    assert said(visit, guest()) == []


def test_payer_who_came_back_while_the_provider_did_not_answer_may_have_paid(visit, maya):
    attempt = open_page(start(visit, maya, cents=60_00))
    actions.note_no_answer(attempt=attempt, at=timezone.now())
    (text,) = said(visit, guest(), 99_00)
    assert text.startswith("Somebody paid $60.00 on ") and "has not told us yet" in text
    settling.settle(attempt_id=attempt.pk, at=timezone.now())
    assert said(visit, guest(), 99_00) == []


def test_bank_payment_on_its_way_is_warned_of_even_to_its_payer(visit, maya):
    attempt = open_page(start(visit, maya, cents=60_00))
    attempt.state = attempt.State.PROCESSING
    attempt.save()
    assert said(visit, maya)[0].endswith("is still on its way from your bank.")
    assert said(visit, maya, 1_00) == [], "it has lowered what they may pay"
    assert said(visit, guest(), 1_00)[0].endswith("is still on its way from a bank.")


def test_payments_for_other_visits_are_no_warning(visit, maya):
    other = VisitFactory(account=visit.account, owed_cents=60_00)
    attempt = open_page(start(visit, guest(), cents=60_00, chosen={other.pk: 60_00}))
    pay(attempt.checkout_ref)
    hear()
    debit = open_page(start(visit, guest(), cents=30_00, chosen={visit.pk: 30_00}))
    PaymentAttempt.objects.filter(pk=debit.pk).update(state="processing")
    (paid,) = [text for text in said(visit, maya) if "was paid" in text]
    assert said(visit, maya, chosen=[visit.pk]) == [text for text in said(visit, maya) if text != paid]
    third = VisitFactory(account=visit.account, owed_cents=60_00)
    assert said(visit, maya, chosen=[third.pk]) == []


def test_guest_of_one_visit_reads_no_amount_of_what_is_for_others_too(visit):
    other = VisitFactory(account=visit.account, owed_cents=70_00)
    both = open_page(start(visit, guest(), cents=100_00, chosen={visit.pk: 30_00, other.pk: 70_00}))
    alone = open_page(start(visit, guest(), cents=20_00, chosen={visit.pk: 20_00}))
    PaymentAttempt.objects.filter(pk__in=[both.pk, alone.pk]).update(state="processing")
    texts = said(visit, guest(), chosen=[visit.pk], only=visit.pk)
    assert sorted("$20.00" in text for text in texts) == [False, True]
    assert not any("100.00" in text or "$70.00" in text or "$30.00" in text for text in texts)


def test_those_who_share_one_sum_are_not_warned_of_each_other(visit):
    one, other = guest(), guest()
    settled(visit, one)
    actions.note_no_answer(attempt=open_page(start(visit, other, cents=20_00)), at=timezone.now())
    assert len(said(visit, guest())) == 2
    assert said(visit, guest(), together={one.ref, other.ref}) == []


def test_tick_counts_for_the_warning_that_was_shown(visit, maya):
    payer = guest()
    attempt = open_page(start(visit, maya, cents=60_00))
    actions.note_no_answer(attempt=attempt, at=timezone.now())

    def fingerprint() -> str:
        found = duplicates.alikes(account_id=visit.account_id, payer=payer, cents=60_00, at=timezone.now())
        return duplicates.fingerprint(found)

    begun = fingerprint()
    assert begun == fingerprint()
    pay(attempt.checkout_ref)
    hear()
    assert fingerprint() != begun


def test_looking_costs_two_queries(visit, maya):
    settled(visit, maya)
    assert cost_of(lambda: said(visit, maya)) == 2


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
