"""What the demo adds to every page: a banner, and the cast on the sign-in page."""

from typing import Any

from allauth.mfa.totp.internal import auth as totp
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.demo.cast.people import CAST, PASSWORD, TOTP_SECRET


def demo(request: HttpRequest) -> dict[str, Any]:
    return {"demo": {"people": CAST.values(), "password": PASSWORD, "staff_code": SimpleLazyObject(_current_code)}}


def _current_code() -> str:
    """What an authenticator app of the demo's staff would show now."""
    return totp.format_hotp_value(totp.hotp_value(TOTP_SECRET, next(totp.yield_hotp_counters_from_time())))
