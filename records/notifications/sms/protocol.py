"""What the portal asks of somebody who sends texts."""

from typing import Protocol


class SmsRefused(Exception):
    """The provider will not send to this number, now or later. `is_opt_out`: its owner asked for no more."""

    def __init__(self, words: str, *, is_opt_out: bool = False) -> None:
        super().__init__(words)
        self.is_opt_out = is_opt_out


class SmsProvider(Protocol):
    def send(self, *, to: str, body: str) -> str:
        """Hands a text over and returns the provider's reference. Raises SmsRefused, and OSError for try again."""
        ...
