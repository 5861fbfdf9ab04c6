import pytest
from django.urls import reverse

from billing.sandbox.methods import Method
from billing.sandbox.models import Checkout
from tests.factories.sandbox import open_checkout, pay

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def checkout() -> Checkout:
    return open_checkout()


def _url(name, checkout):
    return reverse(f"sandbox:{name}", kwargs={"ref": checkout.ref})


def test_page_says_that_no_money_moves_and_takes_no_card_number(client, checkout):
    response = client.get(_url("checkout", checkout))
    assert response.status_code == 200
    page = response.content.decode()
    assert "Test payment: no money moves" in page
    assert "$125.00" in page
    assert checkout.cancel_url in page
    assert page.count('type="radio"') == len(Method)
    for kind in ("text", "tel", "number"):
        assert f'type="{kind}"' not in page


def test_paying_leads_back_to_the_portal(client, checkout):
    response = client.post(_url("pay", checkout), {"method": "card"})
    assert (response.status_code, response["Location"]) == (302, checkout.success_url)


def test_bank_payment_leads_back_while_the_bank_thinks(client, checkout):
    assert client.post(_url("pay", checkout), {"method": "bank"})["Location"] == checkout.success_url


@pytest.mark.parametrize(("method", "words"), [("card_declined", "said no"), ("card_no_money", "not enough money")])
def test_declined_card_says_why_and_lets_the_payer_choose_again(client, checkout, method, words):
    response = client.post(_url("pay", checkout), {"method": method}, follow=True)
    page = response.content.decode()
    assert response.redirect_chain == [(_url("checkout", checkout), 302)]
    assert 'role="alert"' in page
    assert words in page
    assert client.post(_url("pay", checkout), {"method": "card"})["Location"] == checkout.success_url


def test_bank_that_asks_gets_its_own_step(client, checkout):
    page = client.post(_url("pay", checkout), {"method": "card_asks"}, follow=True).content.decode()
    assert "Approve" in page
    assert 'type="radio"' not in page
    refused = client.post(_url("answer", checkout), {"answer": "refuse"}, follow=True).content.decode()
    assert "You refused the payment" in refused
    client.post(_url("pay", checkout), {"method": "card_asks"})
    assert client.post(_url("answer", checkout), {"answer": "approve"})["Location"] == checkout.success_url


def test_nothing_chosen_or_made_up_asks_again(client, checkout):
    for data in ({}, {"method": "4111111111111111"}):
        response = client.post(_url("pay", checkout), data)
        assert response.status_code == 200
        assert "One thing to put right" in response.content.decode()
    assert not checkout.payments.exists()


def test_finished_page_says_so_and_sends_on(client, checkout):
    pay(checkout.ref)
    page = client.get(_url("checkout", checkout)).content.decode()
    assert "This payment is done" in page
    assert checkout.success_url in page
    assert 'type="radio"' not in page
    assert client.post(_url("pay", checkout), {"method": "card"})["Location"] == checkout.success_url
    assert checkout.payments.count() == 1


def test_page_after_its_time_says_so_and_takes_nothing(client, checkout):
    Checkout.objects.update(expires_at=checkout.created_at)
    page = client.get(_url("checkout", checkout)).content.decode()
    assert "run out of time" in page
    assert checkout.cancel_url in page
    client.post(_url("pay", checkout), {"method": "card"})
    assert not checkout.payments.exists()


def test_unknown_page_is_not_found(client):
    for name in ("pay", "answer"):
        assert (
            client.post(reverse(f"sandbox:{name}", kwargs={"ref": "sbx_cs_0"}), {"method": "card"}).status_code == 404
        )
    assert client.get("/sandbox/checkout/sbx_cs_0/").status_code == 404


def test_every_page_of_the_portal_says_that_payments_are_tests(client):
    assert "no money moves" in client.get(reverse("portal:welcome")).content.decode()
