"""The wire to Stripe: `requests` with our patience, and a count of the tries whose answer was lost."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

import requests
import stripe
from stripe import HTTPClient, RequestsClient
from urllib3.exceptions import MaxRetryError, NewConnectionError

from billing.payments.gateways import patience

# Seconds for one try; the SDK's own 80 would outlast the payer and the web server.
TIMEOUT = 10
# The SDK's client tries once unless told otherwise; it repeats under the same key.
RETRIES = 2
# Else the SDK writes a file into the home directory (and fails without one), and tells Stripe of our machine.
stripe.enable_telemetry = False


@dataclass
class Tries:
    """How often a request may have arrived though nobody knows what came of it."""

    lost: int = 0


_tries: ContextVar[Tries | None] = ContextVar("tries", default=None)


@contextmanager
def counting() -> Iterator[Tries]:
    """Counts the lost tries of the requests made inside."""
    tries = Tries()
    token = _tries.set(tries)
    try:
        yield tries
    finally:
        _tries.reset(token)


def note_lost() -> None:
    tries = _tries.get()
    if tries is not None:
        tries.lost += 1


type Answer = tuple[bytes, int, Mapping[str, str]]


class Transport(RequestsClient):
    """`requests`, with a note of each try that may have arrived; where a page waits, within its patience."""

    def __init__(self) -> None:
        super().__init__(timeout=TIMEOUT)

    def request(  # type: ignore[override] # The SDK's own subclasses differ from its base class as this one does.
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> Answer:
        if patience.is_over():
            raise _broken("no time is left to ask")
        try:
            content, status, answered = self._try(method, url, headers, post_data)
        except stripe.APIConnectionError as error:
            if not _never_connected(error.__cause__):
                note_lost()
            raise
        if status >= 500 or status == 409:
            note_lost()
        return content, status, answered

    def _try(self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any) -> Answer:
        if patience.seconds_left() is None:
            return super().request(method, url, headers, post_data)
        try:
            return patience.in_time(partial(self._try_apart, method, url, headers, post_data))
        except patience.OutOfTime as late:
            raise _broken("no answer came in time") from late

    def _try_apart(self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any) -> Answer:
        """In a thread of its own, with a connection that ends with it."""
        try:
            return super().request(method, url, headers, post_data)
        finally:
            self.close()  # type: ignore[no-untyped-call]

    def _should_retry(self, *answered: Any) -> bool:
        return not patience.is_over() and super()._should_retry(*answered)

    def _sleep_time_seconds(self, num_retries: int) -> float:
        seconds, left = super()._sleep_time_seconds(num_retries), patience.seconds_left()
        return seconds if left is None else min(seconds, left)


def client(key: str, *, api_base: str = "", http_client: HTTPClient | None = None) -> stripe.StripeClient:
    """The SDK's client. `api_base` is another server than Stripe's, for tests and the demo."""
    return stripe.StripeClient(
        key,
        http_client=http_client or Transport(),
        max_network_retries=RETRIES,
        base_addresses={"api": api_base} if api_base else {},
    )


def _broken(words: str) -> stripe.APIConnectionError:
    error: stripe.APIConnectionError = stripe.APIConnectionError(words, should_retry=False)  # type: ignore[no-untyped-call]
    return error


def _never_connected(cause: BaseException | None) -> bool:
    if isinstance(cause, requests.exceptions.ConnectTimeout):
        return True
    inner = cause.args[0] if isinstance(cause, requests.exceptions.ConnectionError) and cause.args else None
    return isinstance(inner, MaxRetryError) and isinstance(inner.reason, NewConnectionError)
