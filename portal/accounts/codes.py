"""Activation codes as text: made, typed, and compared without ever being stored."""

import hashlib
import hmac
import secrets

from django.conf import settings

# No 0, O, 1, I, L or U: what is read from paper is typed right, and no code spells a word.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
GROUP = 4


def generate() -> str:
    """A code such as `7K3M-XQ9T-2HFA`: 58 bits of chance, grouped in fours to copy from paper."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(text[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def normalize(typed: str) -> str:
    """What was typed, without the case, spaces and dashes that do not count."""
    return "".join(character for character in typed.upper() if character.isalnum())


def digest(typed: str) -> str:
    """What is stored: useless without the key, and enough to find the row again."""
    return hmac.new(
        settings.SECRET_KEY.encode(), b"activation:" + normalize(typed).encode(), hashlib.sha256
    ).hexdigest()
