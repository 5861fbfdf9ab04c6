"""Notes what happened, for the merchant to be told."""

import datetime as dt

from billing.sandbox import faults, tasks
from billing.sandbox.models import Checkout, Event, Fault, Payment
from billing.sandbox.states import EventType


def tell(checkout: Checkout, type_: EventType, at: dt.datetime, payment: Payment | None = None) -> None:
    """Notes the event; it is sent by a worker once this transaction is through."""
    event = Event(checkout=checkout, payment=payment, type=type_, created_at=at, due_at=at)
    if faults.met(Fault.Kind.NOTICE_LOST):
        event.due_at = None
    elif faults.met(Fault.Kind.NOTICE_LATE):
        event.due_at = at + faults.LATE_BY
    event.save(force_insert=True)
    if event.due_at == at:
        tasks.deliver.enqueue(event.pk)
