"""Who paid more than was owed is told so, and what happens with it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.ledger import paying
from billing.models import ProviderPayment
from billing.payments import receipts, surplus
from billing.payments.refunds import actions as refunds
from billing.payments.refunds import sending
from billing.payments.refunds.states import RefundReason
from records.notifications import delivery
from records.notifications.models import Notification
from tests.billing.payments.steps import hear, open_page, start
from tests.factories.billing import AccessFactory, VisitFactory, bill, guest, payer_of
from tests.factories.records import UserFactory
from tests.factories.sandbox import pay

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def visit():
    return VisitFactory(owed_cents=40_00)


def pay_after_somebody(visit, payer=None):
    """A guest pays most of it while the hosted page of another payer is open, who then pays the whole."""
    late = open_page(start(visit, payer, email="late@example.org"))
    pay(open_page(start(visit, guest(), cents=30_00)).checkout_ref)
    hear()
    pay(late.checkout_ref)
    hear()
    return late


def _receipt(client, attempt) -> str:
    back = client.get(reverse("billing:payment_return"), {"t": receipts.receipt_token(attempt)})
    return client.get(back["Location"]).content.decode()


def _mail(attempt) -> None:
    told = Notification.objects.get(kind="receipt", address="late@example.org")
    delivery.deliver(notification_id=told.pk, at=timezone.now())


def test_second_guest_is_told_that_money_goes_back_on_the_receipt_and_by_mail(client, visit, mailoutbox):
    late = pay_after_somebody(visit)
    page = _receipt(client, late)
    _mail(late)
    for text in (page, mailoutbox[-1].body, mailoutbox[-1].alternatives[0].content):
        assert "$30.00 of this was more than was still owed" in text
        assert "back to the card or account you paid with" in text
        assert "ten business days" in text


def test_guarantor_reads_where_all_of_a_guests_money_went(client, visit):
    late = pay_after_somebody(visit)
    client.force_login(AccessFactory(account=visit.account).user)
    page = client.get(reverse("billing:payment", kwargs={"payment": late.pk})).content.decode()
    assert "</dt><dd>$10.00</dd>" in page
    assert "<dt>More than was owed: it goes back</dt><dd>$30.00</dd>" in page


def test_guarantor_is_told_that_it_is_kept_as_credit(client, visit, mailoutbox):
    access = AccessFactory(account=visit.account)
    late = pay_after_somebody(visit, payer_of(access))
    client.force_login(access.user)
    page = client.get(reverse("billing:payment", kwargs={"payment": late.pk})).content.decode()
    _mail(late)
    for text in (page, mailoutbox[-1].body):
        assert "$30.00 of this was more than was still owed" in text
        assert "as your credit" in text
        assert "back to the card" not in text


def test_guarantor_who_looks_on_reads_that_it_is_the_payers(client, visit):
    access = AccessFactory(account=visit.account)
    late = pay_after_somebody(visit)
    client.force_login(access.user)
    page = client.get(reverse("billing:payment", kwargs={"payment": late.pk})).content.decode()
    assert "$30.00" in page and "goes back to them" in page
    assert "you paid with" not in page


def test_who_paid_what_was_owed_reads_nothing_of_it(client, visit, mailoutbox):
    late = open_page(start(visit, email="late@example.org"))
    pay(late.checkout_ref)
    hear()
    _mail(late)
    for text in (_receipt(client, late), mailoutbox[-1].body):
        assert "more than was still owed" not in text


def test_receipt_says_so_when_the_money_went_back(client, visit):
    late = pay_after_somebody(visit)
    asked = refunds.request(
        payment_id=ProviderPayment.objects.get(attempt=late).pk,
        amount_cents=30_00,
        reason=RefundReason.DUPLICATE,
        note="",
        by=UserFactory(is_staff=True),
        at=timezone.now(),
    )
    sending.send(refund_id=asked.pk, at=timezone.now())
    page = _receipt(client, late)
    assert "It went back to the card or account you paid with" in page
    assert "ten business days" not in page


def test_what_was_put_back_on_a_visit_is_over_no_more(visit):
    late = pay_after_somebody(visit)
    payment = ProviderPayment.objects.get(attempt=late)
    bill(visit, owed_cents=10_00)
    paying.put_back(
        payment=paying.payment_of(payment.provider, payment.ref),
        visit_id=visit.pk,
        cents=10_00,
        source_ref="b1",
        effective_date=timezone.localdate(),
        at=timezone.now(),
    )
    assert surplus.over_of(payment.ref).cents == 20_00
