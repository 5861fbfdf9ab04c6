"""How long a page waits for the provider, over everything that one request asks there. Workers take their time."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

# So that the page answers within twelve.
SECONDS = 10.0


class OutOfTime(Exception):
    """The provider may have been asked, and did not answer in time."""


@dataclass(frozen=True)
class _Deadline:
    at: float
    clock: Callable[[], float]


_deadline: ContextVar[_Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float | None = None, *, clock: Callable[[], float] = time.monotonic) -> Iterator[None]:
    """Gives all that is asked inside SECONDS together; inside another budget that one counts. Decorates views too."""
    token = _deadline.set(_deadline.get() or _Deadline(clock() + (SECONDS if seconds is None else seconds), clock))
    try:
        yield
    finally:
        _deadline.reset(token)


def seconds_left() -> float | None:
    """None where nobody waits."""
    deadline = _deadline.get()
    return None if deadline is None else max(deadline.at - deadline.clock(), 0.0)


def is_over() -> bool:
    return seconds_left() == 0


def in_time[T](call: Callable[[], T]) -> T:
    """What `call` returns before the time is over. Raises OutOfTime.

    No timeout of a connection holds a whole request: each address and each byte gets its own, and looking up a
    name has none. So it runs in a thread, which ends by those timeouts when nobody waits for it any more.
    """
    alone = ThreadPoolExecutor(max_workers=1, thread_name_prefix="provider")
    try:
        return alone.submit(call).result(timeout=seconds_left())
    except TimeoutError:
        raise OutOfTime("no answer in time") from None
    finally:
        alone.shutdown(wait=False)
