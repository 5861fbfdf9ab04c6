"""Through the pages: who might pay twice is warned and may go on; two who pay at once are both recorded."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.guest.gate import DOOR
from billing.ledger import verification
from billing.ledger.choices import Bucket
from billing.ledger.work import WorkItem
from billing.models import PaymentAttempt
from billing.payments.receipts import receipt_token
from tests.billing.payments.steps import in_bucket, owed, posted
from tests.billing.summary.test_paying import choose, page, review_of
from tests.doors import hold, post_from, press
from tests.factories.billing import AttemptFactory, GuestGrantFactory
from tests.factories.sandbox import pay

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

TICK = re.compile(r'name="([0-9a-f]{16}-again)"')


@pytest.fixture
def maya(client, family) -> Client:
    client.force_login(family.user)
    return client


@pytest.fixture
def aunt_as_guest(family) -> Client:
    """Somebody with the statement, whose `review` shows all that is owed."""
    client = Client()
    handle = hold(client, DOOR, GuestGrantFactory(account=family.account))
    amount = reverse("billing:guest_amount", kwargs={"handle": handle})
    client.review = client.post(amount, {"how": "total", "email": "aunt@example.org"})["Location"]
    return client


def back(client: Client, attempt: PaymentAttempt) -> None:
    assert client.get("/pay/return/", {"t": receipt_token(attempt)}).status_code == 302


def test_guest_is_told_of_a_payment_on_its_way_and_not_whose_it_is(family, aunt_as_guest):
    AttemptFactory(account=family.account, amount_cents=60_00, state="processing", user=family.user)
    html = page(aunt_as_guest, aunt_as_guest.review)
    assert "A payment of $60.00 from " in html
    assert "Maya" not in html


def test_button_works_only_with_the_tick_and_an_error_loses_nothing(maya, family):
    AttemptFactory(account=family.account, amount_cents=60_00, state="processing")
    review = review_of(maya, family.account, how="other", amount="75", email="me@example.net")
    (tick,) = TICK.findall(page(maya, review))
    refused = press(maya, review).content.decode()
    assert 'role="alert"' in refused
    assert "Tick “Yes, pay again” if you want to go on." in refused
    assert f'href="#id_{tick}"' in refused
    assert "$75.00" in refused
    assert "me@example.net" in refused
    assert PaymentAttempt.objects.count() == 1
    answer = press(maya, review, **{tick: "on"})
    assert "/sandbox/checkout/" in answer["Location"]


def test_warning_that_comes_up_between_looking_and_pressing_is_shown_first(maya, family):
    review = review_of(maya, family.account, how="total")
    shown = maya.get(review)
    AttemptFactory(account=family.account, amount_cents=60_00, state="processing")
    shown = post_from(maya, shown, review)
    html = shown.content.decode()
    assert "A payment of $60.00 from " in html
    (tick,) = TICK.findall(html)
    AttemptFactory(account=family.account, amount_cents=99_00, state="processing")
    html = post_from(maya, shown, review, **{tick: "on"}).content.decode()
    assert "$99.00 from " in html
    assert "checked" not in html
    assert PaymentAttempt.objects.count() == 2


def test_coming_back_to_the_same_payment_is_no_false_alarm(maya, family):
    review = review_of(maya, family.account, how="total")
    first = press(maya, review)["Location"]
    assert "Is this paid already?" not in page(maya, review)
    assert press(maya, review)["Location"] == first
    assert "Is this paid already?" not in choose(maya, family.account, how="other", amount="20")


def test_two_who_pay_in_full_at_once_are_both_recorded_and_the_excess_is_whose_it_was(maya, family, aunt_as_guest):
    review = review_of(maya, family.account, how="total")
    press(aunt_as_guest, aunt_as_guest.review)
    press(maya, review)
    hers, aunts = PaymentAttempt.objects.get(user=family.user), PaymentAttempt.objects.get(user=None)
    for attempt in (hers, aunts):
        pay(attempt.checkout_ref)
    back(maya, hers)
    back(aunt_as_guest, aunts)
    assert (owed(family.emergency), owed(family.physician), posted()) == (0, 0, 2)
    assert (in_bucket(Bucket.REFUNDABLE), in_bucket(Bucket.CREDIT)) == (-194_96, 0)
    item = WorkItem.objects.get(kind=WorkItem.Kind.OVERPAYMENT)
    assert item.account == family.account
    (handle,) = aunt_as_guest.session["receipts"]
    assert aunts.confirmation in page(aunt_as_guest, f"/pay/receipt/{handle}/")
    assert verification.faults() == []


def test_what_the_guarantor_paid_over_becomes_their_credit(maya, family, aunt_as_guest):
    press(aunt_as_guest, aunt_as_guest.review)
    press(maya, review_of(maya, family.account, how="total"))
    hers, aunts = PaymentAttempt.objects.get(user=family.user), PaymentAttempt.objects.get(user=None)
    for attempt in (aunts, hers):
        pay(attempt.checkout_ref, at=timezone.now())
    back(aunt_as_guest, aunts)
    back(maya, hers)
    assert (in_bucket(Bucket.REFUNDABLE), in_bucket(Bucket.CREDIT)) == (0, -194_96)
    family.account.refresh_from_db()
    assert family.account.credit_cents == 194_96
    assert WorkItem.objects.filter(kind=WorkItem.Kind.OVERPAYMENT).count() == 1
