"""PaymentIntents and charges: a try on a hosted page, and what the bank makes of it."""

from typing import Any

from tests.fake_stripe import balance, disputes, events, sessions
from tests.fake_stripe.errors import ApiError
from tests.fake_stripe.methods import METHODS, Method
from tests.fake_stripe.state import Fake, locked
from tests.fake_stripe.store import Row

WORDS = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "authentication": "We are unable to authenticate your payment method. Please choose another one and try again.",
}


def retrieve(fake: Fake, params: dict[str, Any], ref: str) -> Row:
    return fake.store.get("payment_intent", ref)


@locked
def pay(fake: Fake, session_ref: str, number: str) -> Row:
    """The payer chooses a way to pay. Raises ApiError when the page is no longer open."""
    session = fake.store.get("checkout.session", session_ref)
    if session["status"] != "open":
        raise ApiError(400, "This page is no longer open.")
    method = METHODS[number]
    if method.kind not in session["payment_method_types"]:
        raise ApiError(400, "This way to pay is not offered.")
    intent = fake.store.find(session["payment_intent"]) or _intent(fake, session)
    fake.store.hidden[intent["id"]] = {"method": method, "session": session["id"]}
    if method.asks:
        intent.update(status="requires_action", next_action={"type": "use_stripe_sdk", "use_stripe_sdk": {}})
    elif method.is_bank:
        charge = _charge(fake, intent, method, status="pending")
        intent.update(status="processing", latest_charge=charge["id"], last_payment_error=None)
        fake.store.hidden[charge["id"]] = {"method": method, "at": fake.store.now()}
        events.tell(fake, "payment_intent.processing", intent)
        sessions.finish(fake, session, is_paid=False)
    else:
        _decide(fake, session, intent, method, is_approved=not method.decline)
    return intent


@locked
def answer(fake: Fake, session_ref: str, *, is_approved: bool) -> None:
    """The payer's answer to 3-D Secure; without a question nothing happens."""
    session = fake.store.get("checkout.session", session_ref)
    intent = fake.store.find(session["payment_intent"])
    if session["status"] != "open" or intent is None or intent["status"] != "requires_action":
        return
    intent["next_action"] = None
    if is_approved:
        _decide(fake, session, intent, METHODS["3155"], is_approved=True)
    else:
        _refuse(fake, intent, "payment_intent_authentication_failure", WORDS["authentication"])


@locked
def decide_bank(fake: Fake, intent: Row) -> None:
    """The bank says yes or no to a debit that is under way; otherwise nothing happens."""
    if intent["status"] != "processing":
        return
    charge = fake.store.get("charge", intent["latest_charge"])
    hidden = fake.store.hidden[intent["id"]]
    session = fake.store.get("checkout.session", hidden["session"])
    if hidden["method"].fails:
        charge.update(status="failed", failure_code="no_account", failure_message="No account was found.")
        _refuse(fake, intent, "payment_method_provider_decline", "No account was found.", charge)
        events.tell(fake, "checkout.session.async_payment_failed", session)
        return
    _succeed(fake, intent, charge)
    session["payment_status"] = "paid"
    events.tell(fake, "checkout.session.async_payment_succeeded", session)


def decide_due(fake: Fake) -> None:
    """Banks decide and ask back what is due."""
    if fake.later is None:
        return
    since = fake.store.now() - fake.later
    for charge in fake.store.all("charge"):
        hidden = fake.store.hidden[charge["id"]]
        if hidden.get("at", since + 1) > since:
            continue
        intent = fake.store.get("payment_intent", charge["payment_intent"])
        if charge["status"] == "pending":
            decide_bank(fake, intent)
            hidden["at"] = fake.store.now()
        elif charge["status"] == "succeeded" and hidden["method"].then == "dispute" and not charge["disputed"]:
            disputes.open_dispute(fake, intent["id"])


def _decide(fake: Fake, session: Row, intent: Row, method: Method, *, is_approved: bool) -> None:
    charge = _charge(fake, intent, method, status="pending")
    intent["latest_charge"] = charge["id"]
    fake.store.hidden[charge["id"]] = {"method": method, "at": fake.store.now()}
    if is_approved:
        _succeed(fake, intent, charge)
        sessions.finish(fake, session, is_paid=True)
        return
    words = WORDS[method.decline]
    charge.update(status="failed", failure_code="card_declined", failure_message=words)
    _refuse(fake, intent, "card_declined", words, charge, decline_code=method.decline)


def _succeed(fake: Fake, intent: Row, charge: Row) -> None:
    is_bank = charge["payment_method_details"]["type"] == "us_bank_account"
    fee = min(charge["amount"] * 8 // 1000, 500) if is_bank else balance.card_fee(charge["amount"])
    moved = balance.move(fake.store, charge, charge["amount"], "payment" if is_bank else "charge", "charge", fee=fee)
    charge.update(status="succeeded", paid=True, captured=True, amount_captured=charge["amount"])
    charge["balance_transaction"] = moved["id"]
    intent.update(status="succeeded", amount_received=intent["amount"], last_payment_error=None)
    events.tell(fake, "payment_intent.succeeded", intent)
    events.tell(fake, "charge.succeeded", charge)


def _refuse(
    fake: Fake, intent: Row, code: str, words: str, charge: Row | None = None, decline_code: str | None = None
) -> None:
    error = {"code": code, "message": words, "type": "card_error"}
    if charge is not None:
        error["charge"] = charge["id"]
        events.tell(fake, "charge.failed", charge)
    if decline_code:
        error["decline_code"] = decline_code
    intent.update(status="requires_payment_method", last_payment_error=error)
    events.tell(fake, "payment_intent.payment_failed", intent)


def _intent(fake: Fake, session: Row) -> Row:
    wanted = fake.store.hidden[session["id"]]["payment"]
    intent = fake.store.add(
        "pi",
        "payment_intent",
        amount=session["amount_total"],
        amount_capturable=0,
        amount_received=0,
        application=None,
        automatic_payment_methods=None,
        canceled_at=None,
        cancellation_reason=None,
        capture_method=wanted.get("capture_method", "automatic_async"),
        client_secret=None,
        confirmation_method="automatic",
        currency=session["currency"],
        customer=None,
        description=None,
        last_payment_error=None,
        latest_charge=None,
        livemode=False,
        metadata=dict(wanted.get("metadata", {})),
        next_action=None,
        payment_method=None,
        payment_method_types=session["payment_method_types"],
        processing=None,
        receipt_email=None,
        status="requires_payment_method",
    )
    session["payment_intent"] = intent["id"]
    events.tell(fake, "payment_intent.created", intent)
    return intent


def _charge(fake: Fake, intent: Row, method: Method, *, status: str) -> Row:
    details = {
        "card": {"brand": "visa", "exp_month": 12, "exp_year": 2040, "funding": "credit", "last4": method.last4},
        "us_bank_account": {"account_type": "checking", "bank_name": "STRIPE TEST BANK", "last4": method.last4},
    }
    return fake.store.add(
        "py" if method.is_bank else "ch",
        "charge",
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        balance_transaction=None,
        billing_details={"address": None, "email": None, "name": None, "phone": None, "tax_id": None},
        captured=False,
        currency=intent["currency"],
        customer=None,
        description=None,
        disputed=False,
        failure_code=None,
        failure_message=None,
        livemode=False,
        metadata=dict(intent["metadata"]),
        paid=False,
        payment_intent=intent["id"],
        payment_method=None,
        payment_method_details={"type": method.kind, method.kind: details[method.kind]},
        receipt_email=None,
        refunded=False,
        status=status,
    )
