"""The review's button while Stripe hangs, over a real wire: the payer waits on our page, then goes on to Stripe's."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from billing.models import PaymentAttempt
from billing.payments.gateways import patience
from billing.payments.gateways.registry import gateway
from billing.payments.receipts import receipt_token
from tests.billing.gateways.hanging import EXPIRE, READ, SESSIONS, hang, seen
from tests.billing.guest.test_pages import let_in
from tests.doors import press
from tests.factories.billing import VisitFactory
from tests.fake_stripe.server import Server, running
from tests.working import work

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("stripe_keys")]


@pytest.fixture
def server(settings) -> Iterator[Server]:
    with running() as server:
        settings.PAYMENT_GATEWAY = "billing.payments.gateways.stripe.gateway.StripeGateway"
        settings.STRIPE_API_BASE = server.url
        gateway.cache_clear()
        yield server
    gateway.cache_clear()


@pytest.fixture
def amount(client) -> str:
    return let_in(client, VisitFactory(owed_cents=125_00))


def _review(client: Client, amount: str, dollars: str) -> str:
    return client.post(amount, {"how": "other", "amount": dollars, "email": ""})["Location"]


def _impatient(monkeypatch) -> None:
    monkeypatch.setattr(patience, "SECONDS", 5.0)


def test_page_answers_while_the_provider_hangs_and_leads_on_when_it_answers(client, server, over, amount, monkeypatch):
    review = _review(client, amount, "125")
    _impatient(monkeypatch)
    hang(server, over, SESSIONS)
    waiting = press(client, review)["Location"]
    assert not over.is_set()
    assert seen(server, 1) == [SESSIONS]
    html = client.get(waiting).content.decode()
    assert "We are still asking the payment company" in html
    assert "You have not been charged." in html
    over.set()
    work()
    attempt = PaymentAttempt.objects.get()
    assert client.get(waiting)["Location"] == attempt.page_url
    assert attempt.page_url.startswith(f"{server.url}/c/pay/")
    assert [page["id"] for page in server.fake.store.all("checkout.session")] == [attempt.checkout_ref]


def test_earlier_page_that_is_not_closed_in_time_is_the_end_of_it(client, server, over, amount, monkeypatch):
    press(client, _review(client, amount, "20"))
    review = _review(client, amount, "125")
    _impatient(monkeypatch)
    hang(server, over, EXPIRE)
    answer = press(client, review)
    assert not over.is_set()
    assert "The payment service does not answer. You have not been charged." in answer.content.decode()
    assert seen(server, 2) == [SESSIONS, EXPIRE]
    assert PaymentAttempt.objects.get().amount_cents == 20_00


def test_return_page_and_receipt_answer_while_the_provider_hangs(client, server, over, amount, monkeypatch):
    press(client, _review(client, amount, "125"))
    attempt = PaymentAttempt.objects.get()
    _impatient(monkeypatch)
    hang(server, over, READ)
    receipt = client.get("/pay/return/", {"t": receipt_token(attempt)})["Location"]
    assert re.fullmatch(r"/pay/receipt/[\w-]{12}/", receipt)
    assert "Confirming your payment…" in client.get(receipt).content.decode()
    assert not over.is_set()
    assert seen(server, 3) == [SESSIONS, READ, READ]
