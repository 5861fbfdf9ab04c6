"""The fake Stripe in trouble: slow, hanging, failing; its notices get lost, doubled, late and out of order."""

import random
import threading
from collections import Counter
from typing import Any

from tests.fake_stripe.faults import Fault, Faults
from tests.fake_stripe.server import Server

# Of a hundred requests or notices, how many meet which fault.
PERCENT = {
    Fault.SLOW: 60,
    Fault.TOO_MANY: 1,
    Fault.CUT_BEFORE: 2,
    Fault.CUT_AFTER: 2,
    Fault.ERROR_BEFORE: 1,
    Fault.ERROR_AFTER: 1,
    Fault.LOSE: 20,
    Fault.TWICE: 15,
    Fault.DELAY: 15,
    Fault.SWAP: 15,
    Fault.HANG: 1,
}
SLOW_SECONDS = (0.02, 0.6)
# Longer than the portal waits.
HANG_SECONDS = 11.0
# All that the webhook asked for here: the fake would send every kind of event.
ASKED_FOR = "checkout.session."


class Chance(Faults):
    """Faults that are met by chance, and counted, while `is_on`."""

    def __init__(self) -> None:
        super().__init__()
        self.is_on = False
        self.counts: Counter[str] = Counter()
        self._turn = threading.Lock()

    def met(self, kind: Fault, operation: str) -> Any:
        if kind == Fault.LOSE and operation and not operation.startswith(ASKED_FOR):
            return kind
        if not self.is_on or random.random() * 100 >= PERCENT[kind]:
            return None
        with self._turn:
            self.counts[kind.value] += 1
            self.add(kind, seconds=HANG_SECONDS if kind == Fault.HANG else random.uniform(*SLOW_SECONDS))
            return super().met(kind, operation)


class Provider:
    """The fake in a thread of this process; its `url` is the one origin that the portal and payers know."""

    def __init__(self, server: Server, faults: Chance) -> None:
        self.fake, self.url, self._faults = server.fake, server.url, faults

    def begin_trouble(self) -> None:
        self._faults.is_on = True

    def calm(self) -> None:
        """From now on nothing fails, and every notice that is late is sent."""
        self._faults.is_on = False
        self.send_late_ones(share=1)

    def send_late_ones(self, *, share: float) -> None:
        """Sends a share of the notices that are late."""
        now = self.fake.store.now()
        with self.fake.lock:
            self.fake.outbox[:] = [
                (min(due, now) if random.random() < share else due, ref, tries) for due, ref, tries in self.fake.outbox
            ]

    def met(self) -> Counter[str]:
        """How often each fault was met."""
        return self._faults.counts

    def notices(self) -> int:
        """How many there were to send, lost ones too."""
        return sum(event["type"].startswith(ASKED_FOR) for event in self.fake.store.all("event"))
