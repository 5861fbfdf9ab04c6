"""Applies stored notices: each says where to look, and the provider is read there."""

import datetime as dt
import logging

from django.db.models import F

from billing.ledger.choices import WorkKind
from billing.ledger.work import open_work_item
from billing.payments import settling
from billing.payments.gateways.protocol import GatewayError, PaymentStatus
from billing.payments.gateways.registry import gateway
from billing.payments.models import PaymentAttempt, ProviderEvent
from billing.payments.states import EventState
from records.work.backoff import MAX_TRIES, wait_after

# How long a worker may take before another one believes that it died.
CLAIM = dt.timedelta(minutes=2)
logger = logging.getLogger("portal.payments")
MONEY = frozenset({PaymentStatus.PROCESSING, PaymentStatus.SUCCEEDED})


def apply(*, event_id: int, at: dt.datetime) -> dt.datetime | None:
    """Settles what a notice points at; returns when to try again, or None when nothing is left to do."""
    due = ProviderEvent.objects.filter(pk=event_id, state=EventState.RECEIVED, next_try_at__lte=at)
    if not due.update(next_try_at=at + CLAIM, tries=F("tries") + 1):
        return None
    event = ProviderEvent.objects.get(pk=event_id)
    try:
        event.state = _apply(event, at)
        event.error = ""
    except Exception as error:  # noqa: BLE001 (whatever it is, it ends before staff and is not tried for ever)
        event.error = _words(error)
        logger.warning("notice %s could not be worked: %s", event.event_id, type(error).__name__)
        event.next_try_at = at + wait_after(event.tries)
        if event.tries >= MAX_TRIES:
            event.state = EventState.DEAD
            cause = f"{event.provider}:{event.event_id}"
            open_work_item(kind=WorkKind.DEAD_NOTICE, cause=cause, at=at, note=event.error)
    event.save(update_fields=["state", "error", "next_try_at"])
    return event.next_try_at if event.state == EventState.RECEIVED else None


def _apply(event: ProviderEvent, at: dt.datetime) -> EventState:
    if event.payment_ref:
        settling.settle_payment(ref=event.payment_ref, at=at)
        return EventState.DONE
    if not event.checkout_ref:
        return EventState.IGNORED
    attempt = PaymentAttempt.objects.filter(checkout_ref=event.checkout_ref).first()
    if attempt is None:
        return _apply_unknown(event, at)
    settling.settle(attempt_id=attempt.pk, at=at)
    return EventState.DONE


def _apply_unknown(event: ProviderEvent, at: dt.datetime) -> EventState:
    """A page whose opening we never heard back about is found by the attempt it names; else its money is held."""
    facts = gateway().read_checkout(event.checkout_ref)
    attempt = PaymentAttempt.objects.filter(pk=facts.attempt_id).first() if facts.attempt_id else None
    if attempt is not None:
        settling.record(attempt_id=attempt.pk, facts=facts, at=at)
        return EventState.DONE
    money = [payment for payment in facts.payments if payment.status in MONEY]
    for payment in money:
        settling.settle_payment(ref=payment.ref, at=at)
    return EventState.DONE if money else EventState.IGNORED


def _words(error: Exception) -> str:
    """What a provider says is for staff to read; our own mistakes are named only, since they can quote rows."""
    name = type(error).__name__
    return f"{name}: {error}"[:300] if isinstance(error, GatewayError) else name
