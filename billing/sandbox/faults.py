"""Carries out the misbehaviours that tests ask for: each row is met once, the oldest first."""

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from billing.payments.gateways import patience
from billing.payments.gateways.protocol import NotSent, OutcomeUnknown
from billing.sandbox.models import Fault, SavedError

LATE_BY = dt.timedelta(minutes=10)
SLOW_SECONDS = 0.3


def met(kind: Fault.Kind) -> bool:
    """Whether a fault of this kind waits for a notice; it is used up by the asking."""
    waiting = Fault.objects.filter(kind=kind).order_by("pk").first()
    return waiting is not None and _use(waiting)


@contextmanager
def on_the_way(operation: str, key: str = "") -> Iterator[None]:
    """The network between merchant and provider. Raises NotSent before, or OutcomeUnknown after the work.

    A failure that is saved under a key is all that this key is ever answered.
    """
    faults = {fault.kind: fault for fault in Fault.objects.filter(operation__in=["", operation]).order_by("-pk")}

    def meets(kind: Fault.Kind) -> bool:
        return kind in faults and _use(faults[kind])

    if patience.is_over():
        raise NotSent("sandbox: no time is left to ask")
    if meets(Fault.Kind.NOT_SENT):
        raise NotSent("sandbox: the request did not arrive")
    if key and SavedError.objects.filter(key=key).exists():
        raise OutcomeUnknown("sandbox: failed before")
    if meets(Fault.Kind.SLOW):
        _wait(SLOW_SECONDS)
    if meets(Fault.Kind.FAILED_BEFORE):
        _fail(key)
    yield
    if meets(Fault.Kind.FAILED_AFTER):
        _fail(key)
    if meets(Fault.Kind.ANSWER_LOST):
        raise OutcomeUnknown("sandbox: the answer was lost")


def _wait(seconds: float) -> None:
    """Raises OutcomeUnknown when the merchant does not wait so long."""
    left = patience.seconds_left()
    time.sleep(seconds if left is None else min(seconds, left))
    if patience.is_over():
        raise OutcomeUnknown("sandbox: no answer in time")


def _use(fault: Fault) -> bool:
    return Fault.objects.filter(pk=fault.pk).delete()[0] == 1


def _fail(key: str) -> NoReturn:
    if key:
        SavedError.objects.get_or_create(key=key)
    raise OutcomeUnknown("sandbox: failed")
