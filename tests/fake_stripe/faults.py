"""Misbehaviour that tests ask for: each fault is met once, by the next request or event that it fits."""

import threading
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Of requests: errors are saved under their idempotency key, as Stripe saves them. Of events: the last four."""

    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    CUT_BEFORE = "cut_before"
    CUT_AFTER = "cut_after"
    SLOW = "slow"
    HANG = "hang"
    TOO_MANY = "too_many"
    LOSE = "lose"
    DELAY = "delay"
    TWICE = "twice"
    SWAP = "swap"


DELAY_SECONDS = 10 * 60


@dataclass
class _Waiting:
    kind: Fault
    operation: str
    seconds: float
    over: threading.Event


class Faults:
    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []

    def add(
        self,
        kind: Fault,
        operation: str = "",
        *,
        seconds: float = 0.3,
        over: threading.Event | None = None,
        times: int = 1,
    ) -> None:
        """`operation` is such as "POST /v1/refunds" or an event type; empty fits whatever comes first.

        What is slow, or hangs once it is done, takes `seconds`, unless `over` is set before.
        """
        over = over or threading.Event()
        self._waiting += [_Waiting(Fault(kind), operation, seconds, over) for _ in range(times)]

    def met(self, kind: Fault, operation: str) -> _Waiting | None:
        """The fault of this kind that fits, used up by the asking."""
        for fault in self._waiting:
            if fault.kind == kind and fault.operation in ("", operation):
                self._waiting.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        self._waiting.clear()
