"""Checkout sessions: made, shown, closed, and ended by time."""

from typing import Any

from tests.fake_stripe import events
from tests.fake_stripe.errors import ApiError
from tests.fake_stripe.state import Fake
from tests.fake_stripe.store import Row

LEAST_CENTS = 50
MOST_CENTS = 99_999_999
SHORTEST, LONGEST = 30 * 60, 24 * 60 * 60


def create(fake: Fake, params: dict[str, Any]) -> Row:
    store = fake.store
    item = _only_item(params)
    cents = int(item["price_data"]["unit_amount"]) * int(item.get("quantity", 1))
    if not LEAST_CENTS <= cents <= MOST_CENTS:
        raise ApiError(
            400,
            "The Checkout Session's total amount due must be between $0.50 and $999,999.99.",
            code="amount_too_small" if cents < LEAST_CENTS else "amount_too_large",
        )
    expires_at = int(params.get("expires_at", store.now() + LONGEST))
    if not SHORTEST - 60 <= (expires_at - store.now()) <= LONGEST + 60:
        raise ApiError(
            400,
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    if params.get("ui_mode", "hosted_page") != "hosted_page" or params.get("mode") != "payment":
        raise ApiError(400, "This fake has hosted pages for payments only.", param="ui_mode")
    kinds = params.get("allowed_payment_method_types") or ["card"]
    session = store.add(
        "cs_test",
        "checkout.session",
        adaptive_pricing={"enabled": params.get("adaptive_pricing", {}).get("enabled") == "true"},
        after_expiration=None,
        allow_promotion_codes=None,
        allowed_payment_method_types=kinds,
        amount_subtotal=cents,
        amount_total=cents,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        billing_address_collection=None,
        cancel_url=params.get("cancel_url"),
        client_reference_id=params.get("client_reference_id"),
        client_secret=None,
        consent=None,
        consent_collection=None,
        currency=item["price_data"]["currency"],
        custom_fields=[],
        custom_text={
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        customer=None,
        customer_creation="if_required",
        customer_details=None,
        customer_email=None,
        expires_at=expires_at,
        invoice=None,
        livemode=False,
        locale=None,
        metadata=dict(params.get("metadata", {})),
        mode="payment",
        payment_intent=None,
        payment_link=None,
        payment_method_collection="if_required",
        payment_method_types=kinds,
        payment_status="unpaid",
        phone_number_collection={"enabled": False},
        recovered_from=None,
        setup_intent=None,
        shipping_address_collection=None,
        shipping_cost=None,
        shipping_options=[],
        status="open",
        submit_type=params.get("submit_type"),
        subscription=None,
        success_url=params["success_url"],
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        ui_mode="hosted_page",
        url=None,
    )
    session["url"] = f"{fake.base_url}/c/pay/{session['id']}"
    store.hidden[session["id"]] = {
        "product": item["price_data"]["product_data"]["name"],
        "payment": params.get("payment_intent_data", {}),
    }
    return session


def retrieve(fake: Fake, params: dict[str, Any], ref: str) -> Row:
    return fake.store.get("checkout.session", ref)


def expire(fake: Fake, params: dict[str, Any], ref: str) -> Row:
    session = fake.store.get("checkout.session", ref)
    if session["status"] != "open":
        raise ApiError(
            400,
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of'
            f" `{session['status']}`.",
        )
    end(fake, session)
    return session


def end(fake: Fake, session: Row) -> None:
    """Closes an open page; a payment that was being tried on it is canceled."""
    session.update(status="expired", url=None)
    intent = fake.store.find(session["payment_intent"])
    if intent is not None and intent["status"] in ("requires_payment_method", "requires_action"):
        intent.update(status="canceled", canceled_at=fake.store.now(), next_action=None)
        events.tell(fake, "payment_intent.canceled", intent)
    events.tell(fake, "checkout.session.expired", session)


def end_due(fake: Fake) -> None:
    for session in fake.store.all("checkout.session", status="open"):
        if session["expires_at"] <= fake.store.now():
            end(fake, session)


def finish(fake: Fake, session: Row, *, is_paid: bool) -> None:
    session.update(status="complete", payment_status="paid" if is_paid else "unpaid", url=None)
    events.tell(fake, "checkout.session.completed", session)


def _only_item(params: dict[str, Any]) -> dict[str, Any]:
    items = params.get("line_items") or []
    if len(items) != 1 or "price_data" not in items[0]:
        raise ApiError(400, "This fake sells one thing at a time, by `price_data`.", param="line_items")
    item: dict[str, Any] = items[0]
    return item
