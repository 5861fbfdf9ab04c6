"""The fake without a wire: an HTTP client for the SDK that calls it directly, for fast tests of many steps."""

import urllib.parse
from collections.abc import Mapping
from typing import Any

import stripe

from billing.payments.gateways.stripe.transport import note_lost
from tests.fake_stripe import core
from tests.fake_stripe.errors import Cut
from tests.fake_stripe.state import Fake


class InProcess(stripe.HTTPClient):
    """Tries again like the SDK's own clients, and waits for nothing."""

    name = "in_process"

    def __init__(self, fake: Fake) -> None:
        super().__init__()
        self._fake = fake

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        parts = urllib.parse.urlsplit(url)
        lower = {name.lower(): value for name, value in (headers or {}).items()}
        body = (post_data or "").encode() if isinstance(post_data, str | None) else post_data
        try:
            reply = core.handle(self._fake, method.upper(), parts.path, parts.query, body, lower)
        except Cut as error:
            note_lost()
            raise stripe.APIConnectionError("The connection broke.", should_retry=True) from error
        if reply.status >= 500 or reply.status == 409:
            note_lost()
        return reply.body.decode(), reply.status, {name.lower(): value for name, value in reply.headers.items()}

    def _sleep_time_seconds(self, num_retries: int) -> float:
        return 0

    def close(self) -> None:
        """There is nothing to close."""
