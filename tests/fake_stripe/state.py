"""What the parts of the fake share: one account's state, its knobs, and where its pages are."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Concatenate

from tests.fake_stripe.faults import Faults
from tests.fake_stripe.idempotency import Keys
from tests.fake_stripe.store import Store


@dataclass
class Fake:
    """`later` is how many seconds banks take to decide; with None they wait for tests to call them."""

    base_url: str = "https://checkout.stripe.com"
    webhook_secret: str = "whsec_fake"
    later: int | None = None
    store: Store = field(default_factory=Store)
    faults: Faults = field(default_factory=Faults)
    keys: Keys = field(default_factory=Keys)
    # Notices that wait: the second from which each is due, the id of its event, and how often it was tried.
    outbox: list[tuple[int, str, int]] = field(default_factory=list)
    # Every request that arrived, by its operation.
    asked: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)


def locked[**P, R](act: Callable[Concatenate[Fake, P], R]) -> Callable[Concatenate[Fake, P], R]:
    """One act at a time on an account, as if every object of it were locked."""

    @wraps(act)
    def alone(fake: Fake, *args: P.args, **kwargs: P.kwargs) -> R:
        with fake.lock:
            return act(fake, *args, **kwargs)

    return alone
