"""Clearing away what guests leave behind."""

import datetime as dt

from captcha.models import CaptchaStore

from billing.guest.models import GuestCode, GuestGrant

KEPT = dt.timedelta(days=1)


def prune(at: dt.datetime) -> int:
    """Deletes characters that are too old to type, and grants and codes a day after they ended; returns how many."""
    gone = [
        CaptchaStore.objects.filter(expiration__lte=at),
        GuestGrant.objects.filter(expires_at__lte=at - KEPT),
        GuestCode.objects.filter(expires_at__lte=at - KEPT),
    ]
    return sum(rows.delete()[0] for rows in gone)
