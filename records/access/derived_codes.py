"""Codes that people type from a mail or a text. Each follows from a row's id and the portal's key.

Nothing that is stored gives one away, not even the queued message that carries it.
"""

import hmac
import uuid

from django.utils.crypto import salted_hmac


def code_of(row_id: uuid.UUID, *, salt: str, digits: int) -> str:
    """The digits that belong to a row."""
    number = int.from_bytes(salted_hmac(salt, row_id.hex, algorithm="sha256").digest())
    return f"{number % 10**digits:0{digits}d}"


def is_right(typed: str, code: str) -> bool:
    """Whether that was typed, with whatever between its digits."""
    digits = "".join(character for character in typed if character.isdigit())
    return hmac.compare_digest(digits.encode(), code.encode())
