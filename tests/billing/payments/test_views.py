import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.payments import receipts, views
from billing.payments.models import PaymentAttempt, ProviderEvent
from billing.sandbox import notices
from billing.sandbox.methods import Method
from billing.sandbox.models import Fault
from tests.billing.payments.steps import apply_notices, hear, open_page, owed, posted, start
from tests.factories.billing import AccessFactory, VisitFactory, payer_of
from tests.factories.records import UserFactory
from tests.factories.sandbox import pay

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

WEBHOOK = "/webhooks/sandbox/"


@pytest.fixture
def visit():
    return VisitFactory(owed_cents=125_00)


def _post(client, raw: bytes, headers: dict[str, str] | None = None):
    signed = notices.sign(raw, timezone.now()) if headers is None else headers
    return client.post(WEBHOOK, data=raw, content_type="application/json", headers=signed)


def _body(**changed) -> bytes:
    return json.dumps({"id": "e1", "type": "t", "checkout": "", "livemode": False} | changed).encode()


def _back(client, attempt):
    return client.get(reverse("billing:payment_return"), {"t": receipts.receipt_token(attempt)})


def _receipt(client) -> str:
    """Where this browser sees the one receipt that it holds."""
    (handle,) = client.session[receipts.SESSION_KEY]
    return reverse("billing:receipt", kwargs={"handle": handle})


def test_webhook_takes_a_signed_notice_and_its_repetition(client, visit):
    attempt = open_page(start(visit))
    pay(attempt.checkout_ref)
    raw = _body(checkout=attempt.checkout_ref)
    assert [_post(client, raw).status_code for _ in range(2)] == [200, 200]
    assert ProviderEvent.objects.count() == 1
    apply_notices()
    assert (owed(visit), posted()) == (0, 1)


def test_webhook_needs_no_form_token():
    assert _post(Client(enforce_csrf_checks=True), _body()).status_code == 200


@pytest.mark.parametrize("headers", [{}, {notices.HEADER: "t=1,v1=" + "0" * 64}])
def test_webhook_refuses_what_the_provider_did_not_sign(client, headers):
    assert _post(client, _body(), headers).status_code == 400
    assert not ProviderEvent.objects.exists()


@pytest.mark.parametrize("raw", [b"", b"[]", b"\xff", _body(livemode=True)])
def test_webhook_refuses_signed_nonsense_and_the_other_mode(client, raw):
    assert _post(client, raw).status_code == 400
    assert not ProviderEvent.objects.exists()


def test_webhook_caps_the_size(client):
    assert _post(client, b"x" * (views.NOTICE_MAX_BYTES + 1)).status_code == 413
    assert _post(client, b"x" * 1_000_001).status_code in {400, 413}


@pytest.mark.parametrize("method", ["get", "put", "delete", "head"])
def test_webhook_only_takes_posts(client, method):
    assert getattr(client, method)(WEBHOOK).status_code == 405


def test_return_page_heals_a_lost_notice(client, visit):
    Fault.objects.create(kind=Fault.Kind.NOTICE_LOST)
    attempt = open_page(start(visit))
    pay(attempt.checkout_ref)
    response = _back(client, attempt)
    assert (response.status_code, response["Location"]) == (302, _receipt(client))
    assert (owed(visit), posted()) == (0, 1)


def test_return_page_and_notice_post_once(client, visit):
    attempt = open_page(start(visit))
    pay(attempt.checkout_ref)
    _back(client, attempt)
    hear()
    _back(client, attempt)
    assert posted() == 1


def test_return_page_proves_nothing_by_itself(client, visit):
    attempt = open_page(start(visit))
    _back(client, attempt)
    assert PaymentAttempt.objects.get().state == "open"
    assert posted() == 0


def test_return_page_shows_what_is_known_when_the_provider_is_down(client, visit):
    attempt = open_page(start(visit))
    Fault.objects.create(kind=Fault.Kind.NOT_SENT)
    assert _back(client, attempt).status_code == 302
    attempt.refresh_from_db()
    assert (attempt.state, attempt.unanswered_at is None) == ("open", False)
    _back(client, attempt)
    attempt.refresh_from_db()
    assert attempt.unanswered_at is None, "the provider has answered"


def test_each_receipt_stays_open_beside_the_others(client, visit):
    attempts = [open_page(start(row)) for row in (visit, VisitFactory(owed_cents=20_00))]
    for attempt in attempts:
        pay(attempt.checkout_ref)
    urls = [_back(client, attempt)["Location"] for attempt in attempts]
    for url, attempt in zip(urls, attempts, strict=True):
        assert attempt.confirmation in client.get(url).content.decode()


def test_return_page_sends_the_payer_to_their_own_payment_and_others_to_the_receipt(client, visit):
    access = AccessFactory(account=visit.account)
    attempt = open_page(start(visit, payer_of(access)))
    client.force_login(UserFactory())
    assert _back(client, attempt)["Location"] == _receipt(client)
    client.force_login(access.user)
    assert _back(client, attempt)["Location"] == reverse("billing:payment", kwargs={"payment": attempt.pk})


def test_return_page_with_a_bad_link_is_not_found(client):
    assert client.get(reverse("billing:payment_return"), {"t": "nothing"}).status_code == 404


def test_receipt_is_shown_only_to_the_browser_that_came_back(client, visit):
    attempt = open_page(start(visit))
    pay(attempt.checkout_ref)
    _back(client, attempt)
    page = client.get(_receipt(client)).content.decode()
    assert attempt.confirmation in page
    assert "$125.00" in page
    assert visit.title not in page
    assert Client().get(_receipt(client)).status_code == 404


def test_receipt_names_the_payment_that_went_through_and_not_a_declined_try(client, visit):
    attempt = open_page(start(visit))
    pay(attempt.checkout_ref, Method.DECLINED)
    pay(attempt.checkout_ref)
    _back(client, attempt)
    page = client.get(_receipt(client)).content.decode()
    assert "4242" in page
    assert "0002" not in page
