"""A code by e-mail: the way in for those who can neither read nor hear the characters.

Whatever was typed, a row is written and a worker is sent, so that neither the page nor its time says whether
there is such a bill. The code follows from the row's id and the portal's key: nothing that is stored, not even
the queued message, gives it away.
"""

import datetime as dt
import uuid

from django.db.models import F

from billing.guest import tasks
from billing.guest.lookup import Found, Match, load
from billing.guest.models import CODE_LIFETIME, GuestCode
from records.access import derived_codes

DIGITS = 8
MOST_TRIES = 5
SALT = "billing.guest.code"


def ask(*, found: Found | None, at: dt.datetime) -> GuestCode:
    """Takes down that a code was asked for, and has a worker send it where there is somebody to send it to."""
    code = GuestCode.objects.create(
        account_id=found.account_id if found else None,
        visit_id=found.visit_id if found else None,
        created_at=at,
        expires_at=at + CODE_LIFETIME,
    )
    tasks.send_code.enqueue(str(code.pk))
    return code


def redeem(*, code_id: uuid.UUID, typed: str, at: dt.datetime) -> Match | None:
    """What the code opens, once; None for a wrong, used or old one, and after MOST_TRIES tries.

    Two conditional UPDATEs decide, also between parallel posts: one counts the try, one spends the code.
    """
    live = GuestCode.objects.filter(pk=code_id, expires_at__gt=at, used_at__isnull=True)
    if not live.filter(tries__lt=MOST_TRIES).update(tries=F("tries") + 1):
        return None
    if not derived_codes.is_right(typed, code_of(code_id)):
        return None
    if not live.filter(account__isnull=False).update(used_at=at):
        return None
    code = GuestCode.objects.get(pk=code_id)
    return load(Found(code.account_id, code.visit_id)) if code.account_id else None


def code_of(code_id: uuid.UUID) -> str:
    """The eight digits that belong to a row."""
    return derived_codes.code_of(code_id, salt=SALT, digits=DIGITS)
