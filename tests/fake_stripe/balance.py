"""Movements on the merchant's balance. Fees are taken apart from the amounts, as Stripe does."""

from typing import Any

from tests.fake_stripe.store import Row, Store

DISPUTE_FEE = 15_00


def move(store: Store, source: Row, cents: int, type_: str, category: str, *, fee: int = 0) -> Row:
    """One balance transaction; `cents` is negative for money that leaves."""
    details: list[dict[str, Any]] = []
    if fee:
        details = [
            {"amount": fee, "application": None, "currency": "usd", "description": "Stripe fees", "type": "stripe_fee"}
        ]
    return store.add(
        "txn",
        "balance_transaction",
        amount=cents,
        available_on=store.now(),
        balance_type="payments",
        currency="usd",
        description=None,
        exchange_rate=None,
        fee=fee,
        fee_details=details,
        net=cents - fee,
        reporting_category=category,
        source=source["id"],
        status="available",
        type=type_,
    )


def card_fee(cents: int) -> int:
    return cents * 29 // 1000 + 30


def pay_out(store: Store, cents: int) -> Row:
    """Money on its way to the merchant's bank; a payout's own object is not modelled."""
    return move(store, {"id": "po_none"}, -cents, "payout", "payout")
