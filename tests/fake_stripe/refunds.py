"""Refunds: through the API with our UUID, or at the dashboard without; some stay pending, some fail after all."""

from typing import Any

from tests.fake_stripe import balance, events
from tests.fake_stripe.errors import ApiError
from tests.fake_stripe.state import Fake, locked
from tests.fake_stripe.store import Row


@locked
def create(fake: Fake, params: dict[str, Any]) -> Row:
    intent = fake.store.get("payment_intent", params.get("payment_intent"))
    charge = fake.store.find(intent["latest_charge"])
    if charge is None or charge["status"] != "succeeded":
        raise ApiError(400, f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")
    cents = int(params.get("amount", charge["amount"] - charge["amount_refunded"]))
    _check(fake, charge, cents)
    method = fake.store.hidden[charge["id"]]["method"]
    is_pending = method.is_bank or method.then == "delay_refund"
    refund = fake.store.add(
        "pyr" if method.is_bank else "re",
        "refund",
        amount=cents,
        balance_transaction=None,
        charge=charge["id"],
        currency=charge["currency"],
        destination_details={"type": method.kind} | ({} if method.is_bank else {"card": {"type": "refund"}}),
        metadata=dict(params.get("metadata", {})),
        payment_intent=intent["id"],
        reason=params.get("reason"),
        receipt_number=None,
        source_transfer_reversal=None,
        status="pending",
        transfer_reversal=None,
    )
    fake.store.hidden[refund["id"]] = {"at": fake.store.now(), "fails": method.then == "fail_refund"}
    charge["amount_refunded"] += cents
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    if not is_pending:
        _send(fake, refund, is_bank=method.is_bank)
    events.tell(fake, "refund.created", refund)
    events.tell(fake, "charge.refunded", charge)
    return refund


def retrieve(fake: Fake, params: dict[str, Any], ref: str) -> Row:
    return fake.store.get("refund", ref)


@locked
def decide(fake: Fake, ref: str, status: str, reason: str = "lost_or_stolen_card") -> Row:
    """The bank's word on a refund: succeeded, failed (even after it succeeded) or canceled."""
    refund = fake.store.get("refund", ref)
    charge = fake.store.get("charge", refund["charge"])
    is_bank = charge["payment_method_details"]["type"] == "us_bank_account"
    if status == refund["status"] or refund["status"] in ("failed", "canceled"):
        return refund
    fake.store.hidden[ref]["fails"] = False
    if status == "succeeded":
        _send(fake, refund, is_bank=is_bank)
        events.tell(fake, "refund.updated", refund)
        return refund
    refund["status"] = status
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    if status == "failed":
        refund["failure_reason"] = reason
    if refund["balance_transaction"]:
        type_ = "payment_failure_refund" if is_bank else "refund_failure"
        moved = balance.move(fake.store, refund, refund["amount"], type_, "refund_failure")
        refund["failure_balance_transaction"] = moved["id"]
    events.tell(fake, "refund.failed" if status == "failed" else "refund.updated", refund)
    return refund


def decide_due(fake: Fake) -> None:
    if fake.later is None:
        return
    for refund in fake.store.all("refund"):
        hidden = fake.store.hidden[refund["id"]]
        if hidden["at"] > fake.store.now() - fake.later:
            continue
        if refund["status"] == "pending":
            decide(fake, refund["id"], "succeeded")
        elif hidden["fails"]:
            decide(fake, refund["id"], "failed")


def _send(fake: Fake, refund: Row, *, is_bank: bool) -> None:
    type_ = "payment_refund" if is_bank else "refund"
    moved = balance.move(fake.store, refund, -refund["amount"], type_, "refund")
    refund.update(status="succeeded", balance_transaction=moved["id"])


def _check(fake: Fake, charge: Row, cents: int) -> None:
    left = charge["amount"] - charge["amount_refunded"]
    if charge["disputed"] and any(
        not dispute["is_charge_refundable"] for dispute in fake.store.all("dispute", charge=charge["id"])
    ):
        raise ApiError(
            400, f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    if cents <= 0:
        raise ApiError(400, "Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if left == 0:
        raise ApiError(400, f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if cents > left:
        words = f"Refund amount ({_dollars(cents)}) is greater than unrefunded amount on charge ({_dollars(left)})"
        raise ApiError(400, words, param="amount")


def _dollars(cents: int) -> str:
    return f"${cents // 100:,}.{cents % 100:02d}"
