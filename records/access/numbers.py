"""Numbers that people read out on the phone: "7MP4-XA3R", without letters that look alike."""

import secrets

_ALPHABET = "ACDEFHJKMNPRTUVWXY3479"


def new_number() -> str:
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"
