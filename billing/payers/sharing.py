"""When a guarantor may let others pay, and what they typed on the way to a review page."""

from typing import Any

from billing.ledger.choices import AccountKind, Standing
from billing.ledger.models import GuarantorAccount
from billing.payments.gate import PayerRequest


def may_share(account: GuarantorAccount) -> bool:
    """Only an account that its guarantor pays themselves: no insurer's, no estate's, none with an agency."""
    return account.kind == AccountKind.PERSONAL and account.standing == Standing.OPEN


def draft(request: PayerRequest, name: str) -> dict[str, Any]:
    kept: dict[str, Any] = request.session.get(name, {}).get(str(request.payer.account.pk), {})
    return kept


def keep(request: PayerRequest, name: str, data: dict[str, Any]) -> None:
    """By account, so that two tabs keep apart."""
    request.session[name] = {**request.session.get(name, {}), str(request.payer.account.pk): data}


def drop(request: PayerRequest, name: str) -> None:
    drafts = request.session.get(name, {})
    request.session[name] = {
        account: data for account, data in drafts.items() if account != str(request.payer.account.pk)
    }
