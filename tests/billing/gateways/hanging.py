"""A fake Stripe that takes a request, does what it asks, and keeps the answer."""

import threading
import time

from tests.fake_stripe.faults import Fault
from tests.fake_stripe.server import Server

SESSIONS = "POST /v1/checkout/sessions"
EXPIRE = "POST /v1/checkout/sessions/{ref}/expire"
READ = "GET /v1/checkout/sessions/{ref}"
# Much longer than any test waits, in seconds.
FOR_EVER = 300


def hang(server: Server, over: threading.Event, *operations: str) -> None:
    """Keeps the next answers to these until `over` is set."""
    for operation in operations:
        server.fake.faults.add(Fault.HANG, operation, seconds=FOR_EVER, over=over, times=6)


def seen(server: Server, count: int) -> list[str]:
    """What arrived, once so many requests have: they may be read after nobody waits for them any more."""
    until = time.monotonic() + FOR_EVER
    while len(server.fake.asked) < count and time.monotonic() < until:
        time.sleep(0.01)
    return server.fake.asked
