"""Which calls the fake knows, with the SDK's types of their parameters and answers."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import stripe
from stripe import ListObject, params
from stripe.checkout import Session
from stripe.params import checkout

from tests.fake_stripe import disputes, payments, refunds, sessions
from tests.fake_stripe.errors import ApiError
from tests.fake_stripe.lists import lister


@dataclass(frozen=True)
class Route:
    method: str
    pattern: str
    act: Callable[..., dict[str, Any]]
    params: Any
    answers: Any


ROUTES = [
    Route("POST", "/v1/checkout/sessions", sessions.create, checkout.SessionCreateParams, Session),
    Route(
        "GET",
        "/v1/checkout/sessions",
        lister("checkout.session", "/v1/checkout/sessions", "payment_intent", "status"),
        checkout.SessionListParams,
        ListObject[Session],
    ),
    Route("GET", "/v1/checkout/sessions/{ref}", sessions.retrieve, checkout.SessionRetrieveParams, Session),
    Route("POST", "/v1/checkout/sessions/{ref}/expire", sessions.expire, checkout.SessionExpireParams, Session),
    Route(
        "GET",
        "/v1/payment_intents/{ref}",
        payments.retrieve,
        params.PaymentIntentRetrieveParams,
        stripe.PaymentIntent,
    ),
    Route("POST", "/v1/refunds", refunds.create, params.RefundCreateParams, stripe.Refund),
    Route(
        "GET",
        "/v1/refunds",
        lister("refund", "/v1/refunds", "payment_intent", "charge"),
        params.RefundListParams,
        ListObject[stripe.Refund],
    ),
    Route("GET", "/v1/refunds/{ref}", refunds.retrieve, params.RefundRetrieveParams, stripe.Refund),
    Route(
        "GET",
        "/v1/disputes",
        lister("dispute", "/v1/disputes", "payment_intent", "charge"),
        params.DisputeListParams,
        ListObject[stripe.Dispute],
    ),
    Route("GET", "/v1/disputes/{ref}", disputes.retrieve, params.DisputeRetrieveParams, stripe.Dispute),
    Route("GET", "/v1/events", lister("event", "/v1/events", "type"), params.EventListParams, ListObject[stripe.Event]),
    Route(
        "GET",
        "/v1/balance_transactions",
        lister("balance_transaction", "/v1/balance_transactions", "type", "currency", "source"),
        params.BalanceTransactionListParams,
        ListObject[stripe.BalanceTransaction],
    ),
]
_COMPILED = [(route, re.compile(route.pattern.replace("{ref}", r"(\w+)"))) for route in ROUTES]


def route_of(method: str, path: str) -> tuple[Route, list[str]]:
    """The call and the ids in its path. Raises ApiError."""
    for route, pattern in _COMPILED:
        match = pattern.fullmatch(path)
        if route.method == method and match:
            return route, list(match.groups())
    raise ApiError(404, f"Unrecognized request URL ({method}: {path}).")
