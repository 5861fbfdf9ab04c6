"""Settings that several tests of delivery share."""

from typing import Any


def smtp(port: int, *, timeout: float) -> dict[str, Any]:
    """What production has, with the mail server of a test."""
    options = {"host": "127.0.0.1", "port": port, "username": "", "password": "", "use_tls": True, "timeout": timeout}
    return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
