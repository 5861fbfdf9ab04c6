"""Finding a bill by a number and the guarantor's last name. Every failure looks the same, and costs the same.

The work does not depend on what there is: one query, and always as many comparisons of digests. Nothing hints
at the check digit either: imported numbers carry none, so a hint would say which numbers we issue.
"""

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import UUIDField, Value

from billing.ledger import numbers
from billing.ledger.choices import Hold
from billing.ledger.models import AccountNumber, GuarantorAccount, VisitAccount
from billing.ledger.names import name_key

# More last names than a guarantor has; those who have more are found all the same, and only cost more.
COMPARISONS = 8

_DIGEST_KEY = secrets.token_bytes(32)


@dataclass(frozen=True)
class Match:
    """What was found: a whole guarantor account, or one of its visits."""

    account: GuarantorAccount
    visit: VisitAccount | None


@dataclass(frozen=True)
class Found:
    """The ids of a match, before anything of it is read."""

    account_id: uuid.UUID
    visit_id: uuid.UUID | None


def seek(typed_number: str, last_name: str) -> Found | None:
    """Whose number it is, if the guarantor has that last name; an empty name matches nobody.

    One query and COMPARISONS digests, found or not. A confidential visit is on no bill and is not found.
    """
    wanted = name_key(last_name)
    rows = _rows(numbers.normalize(typed_number))
    keys = [key or "" for _account, _visit, key in rows]
    keys += [""] * (COMPARISONS - len(keys))
    is_right = any([hmac.compare_digest(_digest(wanted), _digest(key)) for key in keys])
    if not is_right or wanted == "":
        return None
    account_id, visit_id, _key = rows[0]
    return Found(account_id, visit_id)


def find(typed_number: str, last_name: str) -> Match | None:
    """The same with what was found; only success reads more."""
    found = seek(typed_number, last_name)
    return load(found) if found else None


def load(found: Found) -> Match:
    account = GuarantorAccount.objects.select_related("guarantor", "account_number").get(pk=found.account_id)
    return Match(account, account.visits.get(pk=found.visit_id) if found.visit_id else None)


def _rows(number: str) -> list[tuple[Any, Any, str | None]]:
    """(account, visit or None, name key) for each name under which the number's guarantor is known."""
    found = AccountNumber.objects.filter(number=number).order_by()
    visits = found.filter(visit__isnull=False).exclude(visit__hold=Hold.CONFIDENTIAL)
    accounts = found.filter(account__isnull=False).annotate(none=Value(None, UUIDField()))
    of_visits = visits.values_list("visit__account", "visit", "visit__account__guarantor__name_keys__key")
    of_accounts = accounts.values_list("account", "none", "account__guarantor__name_keys__key")
    return list(of_visits.union(of_accounts, all=True))


def _digest(key: str) -> bytes:
    return hmac.new(_DIGEST_KEY, key.encode(), hashlib.sha256).digest()
