"""Disputes: opened by the payer's bank, which takes the money at once unless it only warns."""

from typing import Any

from tests.fake_stripe import balance, events
from tests.fake_stripe.errors import ApiError
from tests.fake_stripe.state import Fake, locked
from tests.fake_stripe.store import Row

WARNINGS = frozenset({"warning_needs_response", "warning_under_review", "warning_closed", "prevented"})
CLOSED = frozenset({"won", "lost", "warning_closed", "prevented"})


@locked
def open_dispute(fake: Fake, intent_ref: str, *, status: str = "", cents: int | None = None) -> Row:
    """A chargeback; a bank debit that is returned is one that is lost as it is opened. Raises ApiError."""
    intent = fake.store.get("payment_intent", intent_ref)
    charge = fake.store.find(intent["latest_charge"])
    if charge is None or charge["status"] != "succeeded":
        raise ApiError(400, "Nothing was paid.")
    is_bank = charge["payment_method_details"]["type"] == "us_bank_account"
    status = status or ("lost" if is_bank else "needs_response")
    dispute = fake.store.add(
        "du",
        "dispute",
        amount=cents or charge["amount"],
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence={"enhanced_evidence": {}},
        evidence_details={
            "due_by": None,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        is_charge_refundable=status in WARNINGS,
        livemode=False,
        metadata={},
        payment_intent=intent["id"],
        reason="insufficient_funds" if is_bank else "fraudulent",
        status=status,
    )
    charge["disputed"] = True
    events.tell(fake, "charge.dispute.created", dispute)
    if status not in WARNINGS:
        _move(fake, dispute, -dispute["amount"])
    if status in CLOSED:
        events.tell(fake, "charge.dispute.closed", dispute)
    return dispute


@locked
def decide(fake: Fake, ref: str, status: str, *, cents: int | None = None) -> Row:
    """Moves a dispute on: what takes the money takes it, and won or prevented gives it back.

    Where the bank comes to ask for another amount, the difference moves.
    """
    dispute = fake.store.get("dispute", ref)
    dispute["status"], dispute["amount"] = status, cents or dispute["amount"]
    dispute["is_charge_refundable"] = status in WARNINGS
    taken = -sum(moved["amount"] for moved in dispute["balance_transactions"])
    events.tell(fake, "charge.dispute.closed" if status in CLOSED else "charge.dispute.updated", dispute)
    holds = status not in ("won", "prevented") and (taken or status not in WARNINGS)
    now = dispute["amount"] if holds else 0
    if now != taken:
        _move(fake, dispute, taken - now)
    return dispute


def _move(fake: Fake, dispute: Row, cents: int) -> None:
    category = "dispute" if cents < 0 else "dispute_reversal"
    fee = balance.DISPUTE_FEE if cents < 0 else 0
    moved = balance.move(fake.store, dispute, cents, "adjustment", category, fee=fee)
    dispute["balance_transactions"].append(fake.store.snapshot(moved))
    events.tell(fake, f"charge.dispute.funds_{'withdrawn' if cents < 0 else 'reinstated'}", dispute)


def retrieve(fake: Fake, params: dict[str, Any], ref: str) -> Row:
    return fake.store.get("dispute", ref)
