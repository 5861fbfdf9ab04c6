import datetime as dt

import pytest
from django.utils import timezone

from billing.payments.gateways.protocol import Refused
from billing.sandbox import actions
from billing.sandbox.methods import Method
from billing.sandbox.models import Checkout, Event, Payment
from tests.factories.sandbox import open_checkout, order, pay
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def _statuses(checkout):
    checkout.refresh_from_db()
    return checkout.status, [payment.status for payment in checkout.payments.all()]


def _told():
    return list(Event.objects.values_list("type", flat=True))


def test_same_key_opens_the_same_page():
    wish, now = order(), timezone.now()
    first = actions.open_checkout(order=wish, key="k", at=now)
    assert actions.open_checkout(order=wish, key="k", at=now) == first
    assert Checkout.objects.count() == 1


@pytest.mark.parametrize("other", [{"amount_cents": 130_00}, {"cancel_url": "https://portal.example/elsewhere/"}])
def test_same_key_with_another_order_is_refused(other):
    wish = order()
    actions.open_checkout(order=wish, key="k", at=timezone.now())
    with pytest.raises(Refused):
        actions.open_checkout(order=order(**wish.__dict__ | other), key="k", at=timezone.now())


def test_order_that_cannot_be_carried_out_is_refused():
    for wish in (order(amount_cents=49), order(expires_at=timezone.now())):
        with pytest.raises(Refused):
            actions.open_checkout(order=wish, key="k", at=timezone.now())


@pytest.mark.parametrize(
    ("method", "expected", "told"),
    [
        (Method.CARD, ("complete", ["succeeded"]), ["checkout.completed"]),
        (Method.DECLINED, ("open", ["failed"]), ["payment.declined"]),
        (Method.NO_MONEY, ("open", ["failed"]), ["payment.declined"]),
        (Method.ASKS, ("open", ["asking"]), []),
        (Method.BANK, ("complete", ["processing"]), ["checkout.completed"]),
        (Method.BANK_FAILS, ("complete", ["processing"]), ["checkout.completed"]),
    ],
)
def test_each_way_to_pay_does_what_it_says(method, expected, told):
    checkout = open_checkout()
    actions.pay(ref=checkout.ref, method=method, at=timezone.now())
    assert _statuses(checkout) == expected
    assert _told() == told


@pytest.mark.parametrize(("yes", "expected"), [(True, ("complete", ["succeeded"])), (False, ("open", ["failed"]))])
def test_bank_that_asks_does_what_the_payer_answers(yes, expected):
    checkout = open_checkout()
    actions.pay(ref=checkout.ref, method=Method.ASKS, at=timezone.now())
    assert actions.pay(ref=checkout.ref, method=Method.CARD, at=timezone.now()) is None
    actions.answer(ref=checkout.ref, is_approved=yes, at=timezone.now())
    actions.answer(ref=checkout.ref, is_approved=True, at=timezone.now())
    assert _statuses(checkout) == expected


def test_declined_payer_can_pay_in_another_way():
    checkout = open_checkout()
    pay(checkout.ref, Method.DECLINED)
    pay(checkout.ref, Method.CARD)
    assert _statuses(checkout) == ("complete", ["failed", "succeeded"])


@pytest.mark.parametrize(("method", "status"), [(Method.BANK, "succeeded"), (Method.BANK_FAILS, "failed")])
def test_banks_decide_when_their_time_is_over_and_only_once(settings, method, status):
    settings.SANDBOX_BANK_SECONDS = 60
    checkout, now = open_checkout(), timezone.now()
    pay(checkout.ref, method, at=now)
    assert actions.decide_banks(now + dt.timedelta(seconds=59)) == 0
    assert actions.decide_banks(now + dt.timedelta(seconds=60)) == 1
    assert actions.decide_banks(now + dt.timedelta(days=1)) == 0
    assert _statuses(checkout) == ("complete", [status])
    assert _told() == ["checkout.completed", f"payment.{status}"]


def test_page_cannot_be_paid_after_its_time_and_is_closed_by_the_job():
    checkout = open_checkout()
    late = checkout.expires_at
    assert actions.pay(ref=checkout.ref, method=Method.CARD, at=late) is None
    assert (actions.expire_pages(late), actions.expire_pages(late)) == (1, 0)
    assert _statuses(checkout) == ("expired", [])
    assert _told() == ["checkout.expired"]


def test_closing_leaves_a_paid_page_as_it_is():
    checkout = open_checkout()
    pay(checkout.ref)
    assert actions.close(ref=checkout.ref, at=timezone.now()).status == "complete"


def test_closing_answers_the_banks_question_with_no():
    checkout = open_checkout()
    actions.pay(ref=checkout.ref, method=Method.ASKS, at=timezone.now())
    actions.close(ref=checkout.ref, at=timezone.now())
    actions.answer(ref=checkout.ref, is_approved=True, at=timezone.now())
    assert _statuses(checkout) == ("expired", ["failed"])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_double_click_on_pay_pays_once():
    checkout = open_checkout()
    together(*[lambda: actions.pay(ref=checkout.ref, method=Method.CARD, at=timezone.now())] * 6)
    assert Payment.objects.count() == 1
