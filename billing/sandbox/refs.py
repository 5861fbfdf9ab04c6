"""The provider's own identifiers, which nobody can guess."""

import secrets


def checkout() -> str:
    return f"sbx_cs_{secrets.token_hex(16)}"


def payment() -> str:
    return f"sbx_pi_{secrets.token_hex(16)}"


def refund() -> str:
    return f"sbx_re_{secrets.token_hex(16)}"


def dispute() -> str:
    return f"sbx_dp_{secrets.token_hex(16)}"


def event() -> str:
    return f"sbx_evt_{secrets.token_hex(16)}"
