"""Idempotency as Stripe's v1 has it: the first answer of a key is repeated, errors too, once work had begun."""

import threading
from dataclasses import dataclass

from tests.fake_stripe.errors import ApiError


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    headers: dict[str, str]


@dataclass
class _Entry:
    request: tuple[str, bytes]
    reply: Reply | None = None


class Keys:
    """Remembers what was asked under each key, byte for byte, and what was answered."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.Lock()

    def claim(self, key: str, path: str, body: bytes) -> Reply | None:
        """The saved answer, or None for whoever is first and must `save` or `release`. Raises ApiError."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                self._entries[key] = _Entry((path, body))
                return None
            if entry.request != (path, body):
                raise ApiError(
                    400,
                    "Keys for idempotent requests can only be used with the same parameters they were first used"
                    f" with. Try using a key other than '{key}' if you meant to execute a different request.",
                    type="idempotency_error",
                )
            if entry.reply is None:
                raise ApiError(
                    409,
                    f"There is currently another in-progress request using this Idempotent Key: {key}.",
                    type="idempotency_error",
                    code="idempotency_key_in_use",
                )
            return entry.reply

    def save(self, key: str, reply: Reply) -> None:
        with self._lock:
            self._entries[key].reply = reply

    def release(self, key: str) -> None:
        """Nothing had begun: the key is as new."""
        with self._lock:
            del self._entries[key]

    def prune(self) -> None:
        """Forgets all keys, as Stripe may after a day."""
        with self._lock:
            self._entries.clear()
