"""Knobs for tests that run in another process: POST /_fake/NAME with a JSON object."""

from collections.abc import Callable
from typing import Any

from tests.fake_stripe import core, disputes, payments, refunds
from tests.fake_stripe.faults import Fault
from tests.fake_stripe.state import Fake


def _fault(fake: Fake, kind: str, **terms: Any) -> None:
    fake.faults.add(Fault(kind), **terms)


def _pay(fake: Fake, session: str, number: str) -> Any:
    return payments.pay(fake, session, number)["id"]


def _decide_bank(fake: Fake, intent: str) -> None:
    payments.decide_bank(fake, fake.store.get("payment_intent", intent))


def _dispute(fake: Fake, intent: str, **terms: Any) -> Any:
    return disputes.open_dispute(fake, intent, **terms)["id"]


def _decide_dispute(fake: Fake, dispute: str, status: str, **terms: Any) -> None:
    disputes.decide(fake, dispute, status, **terms)


def _refund(fake: Fake, intent: str, cents: int) -> Any:
    """At the dashboard, so without our UUID."""
    return refunds.create(fake, {"payment_intent": intent, "amount": str(cents)})["id"]


def _decide_refund(fake: Fake, refund: str, status: str) -> None:
    refunds.decide(fake, refund, status)


def _forward(fake: Fake, seconds: int) -> None:
    """Moves the fake's clock, and carries out what that makes due."""
    fake.store.moved += seconds
    core.tick(fake)


def _count(fake: Fake, kind: str) -> int:
    return sum(1 for _ in fake.store.all(kind))


CONTROLS: dict[str, Callable[..., Any]] = {
    "fault": _fault,
    "pay": _pay,
    "answer": payments.answer,
    "decide_bank": _decide_bank,
    "dispute": _dispute,
    "decide_dispute": _decide_dispute,
    "refund": _refund,
    "decide_refund": _decide_refund,
    "forward": _forward,
    "count": _count,
}
