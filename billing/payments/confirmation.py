"""Confirmation numbers that people read out on the phone: no letters that look or sound like others."""

import secrets

_ALPHABET = "ACDEFHJKMNPRTUVWXY3479"


def new_confirmation() -> str:
    """Ten characters in two groups, as "K7MP4-XA3RC": 22^10 of them, so that none is guessed."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"
