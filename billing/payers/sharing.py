"""When a guarantor may let others pay, and what they typed on the way to a review page."""

import uuid
from typing import Any

from django.contrib import messages
from django.utils.translation import gettext as _

from billing.ledger.choices import AccountKind, Standing
from billing.ledger.models import GuarantorAccount
from billing.payments.gate import PayerRequest

# Of one sort in one session; who begins more has left the first ones.
MOST_DRAFTS = 8


def may_share(account: GuarantorAccount) -> bool:
    """Only an account that its guarantor pays themselves: no insurer's, no estate's, none with an agency."""
    return account.kind == AccountKind.PERSONAL and account.standing == Standing.OPEN


def draft(request: PayerRequest, name: str, token: object) -> dict[str, Any]:
    """What was typed for this account under a token; empty when it was used, changed, or never there."""
    kept = request.session.get(name, {}).get(str(token))
    if kept is None or kept["account"] != str(request.payer.account.pk):
        return {}
    data: dict[str, Any] = kept["data"]
    return data


def keep(request: PayerRequest, name: str, data: dict[str, Any], *, instead_of: str) -> uuid.UUID:
    """Under a token of its own, so that each review page acts on what it shows; a changed one is gone."""
    token = uuid.uuid4()
    drafts = {key: kept for key, kept in request.session.get(name, {}).items() if key != instead_of}
    drafts[str(token)] = {"account": str(request.payer.account.pk), "data": data}
    request.session[name] = dict(list(drafts.items())[-MOST_DRAFTS:])
    return token


def drop(request: PayerRequest, name: str, token: object) -> None:
    drafts = request.session.get(name, {})
    request.session[name] = {key: kept for key, kept in drafts.items() if key != str(token)}


def say_out_of_date(request: PayerRequest) -> None:
    """When a review page is not what would be done any more."""
    messages.error(request, _("Nothing was done: that page was out of date. Check what you want, and go on from here."))
