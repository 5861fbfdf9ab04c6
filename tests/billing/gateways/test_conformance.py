"""The checker that holds the fake to the SDK's types finds what it is there to find."""

import copy

import pytest
import stripe
from stripe import ListObject
from stripe.checkout import Session
from stripe.params import BalanceTransactionListParams, RefundCreateParams
from stripe.params.checkout import SessionCreateParams

from tests.fake_stripe import payments, refunds, sessions
from tests.fake_stripe.conformance import request_faults, response_faults
from tests.fake_stripe.forms import decode
from tests.fake_stripe.state import Fake

pytestmark = pytest.mark.sqlite

LINE = {"price_data": {"currency": "usd", "unit_amount": "500", "product_data": {"name": "Account payment"}}}
PAGE = {"mode": "payment", "ui_mode": "hosted_page", "line_items": [LINE], "success_url": "https://portal.example/"}


@pytest.mark.parametrize(
    ("params", "shape"),
    [
        (PAGE, SessionCreateParams),
        (
            {"payment_intent": "pi_1", "amount": "500", "metadata": {"refund": "x"}, "expand": ["charge"]},
            RefundCreateParams,
        ),
        ({"created": {"gte": "1", "lt": "2"}, "limit": "100"}, BalanceTransactionListParams),
        ({"created": "1"}, BalanceTransactionListParams),
    ],
)
def test_good_requests_have_no_faults(params, shape):
    assert request_faults(params, shape) == []


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"payment_method_types": ["card"]}, "payment_method_types: unknown"),
        ({"ui_mode": "hosted"}, "ui_mode: 'hosted' is not one of"),
        ({"allowed_payment_method_types": ["card", "cheque"]}, "allowed_payment_method_types"),
        ({"adaptive_pricing": {"enabled": "no"}}, "adaptive_pricing[enabled]"),
        ({"expires_at": "soon"}, "expires_at: 'soon' is no int"),
        ({"line_items": LINE}, "line_items"),
        ({"line_items": [{"price_data": {"unit_amount": "5"}}]}, "line_items[0][price_data][currency]: missing"),
        ({"idempotency_key": "k"}, "idempotency_key: unknown"),
        ({"metadata": {"attempt": ["a"]}}, "metadata"),
    ],
)
def test_wrong_requests_are_found(wrong, fault):
    assert [found for found in request_faults(PAGE | wrong, SessionCreateParams) if found.startswith(fault)]


@pytest.fixture
def answers() -> dict[str, dict]:
    fake = Fake()
    session = sessions.create(fake, PAGE)
    intent = payments.pay(fake, session["id"], "4242")
    refund = refunds.create(fake, {"payment_intent": intent["id"]})
    return {"session": session, "intent": intent, "refund": refund}


def test_answers_of_the_fake_have_no_faults(answers):
    assert response_faults(answers["session"], Session) == []
    assert response_faults(answers["intent"], stripe.PaymentIntent) == []
    assert response_faults(answers["refund"], stripe.Refund) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"amonut_total": 5}, "amonut_total: unknown to Session"),
        ({"status": "done"}, "status: 'done' is not one of"),
        ({"payment_status": "waiting"}, "payment_status: 'waiting' is not one of"),
        ({"expires_at": "1770000000"}, "expires_at: '1770000000' is no int"),
        ({"livemode": 0}, "livemode: 0 is no bool"),
        ({"automatic_tax": {}}, "automatic_tax[enabled]: missing"),
        ({"payment_intent": {"id": "pi_1"}}, "payment_intent"),
        ({"metadata": []}, "metadata"),
    ],
)
def test_wrong_answers_are_found(answers, change, fault):
    wrong = copy.deepcopy(answers["session"]) | change
    assert [found for found in response_faults(wrong, Session) if found.startswith(fault)]


def test_missing_fields_are_found(answers):
    del answers["session"]["expires_at"]
    assert response_faults(answers["session"], Session) == ["expires_at: missing from Session"]


def test_wrong_rows_of_lists_are_found(answers):
    rows = {"object": "list", "data": [answers["refund"] | {"amuont": 1}], "has_more": False, "url": "/v1/refunds"}
    assert response_faults(rows, ListObject[stripe.Refund]) == ["[data][0][amuont]: unknown to Refund"]
    assert response_faults(rows | {"next": None}, ListObject[stripe.Refund]) == [": no list object"]


def test_form_encoding_is_read_as_stripe_means_it():
    encoded = "a[b][0][c]=1&a[b][1][c]=2&a[d]=x%20y&e=&types[0]=p&types[1]=q"
    assert decode(encoded) == {"a": {"b": [{"c": "1"}, {"c": "2"}], "d": "x y"}, "e": "", "types": ["p", "q"]}
