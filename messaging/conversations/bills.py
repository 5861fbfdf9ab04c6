"""What of a bill a case is about: rows of an account that the person may pay on, named as the bill names them."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from billing.ledger.access import PayerScope, payer_scope_for, payer_scopes_of
from billing.ledger.charges import Charge
from billing.ledger.models import VisitAccount
from billing.payments.readers import Reader
from billing.summary.cards import account_name
from messaging.conversations.desks import Desk
from messaging.conversations.drafts import Content

ROWS = ("account", "visit", "charge")


class NotYours(Exception):
    """No such row on a bill of this person."""


@dataclass(frozen=True)
class Bill:
    """An account, or a visit or a line of it, as its reader may know it; `url` opens it."""

    account_id: uuid.UUID
    visit_id: uuid.UUID | None
    charge_id: uuid.UUID | None
    words: str
    url: str


def find(payer: PayerScope, desk: Desk, *, visit: uuid.UUID | None = None, charge: uuid.UUID | None = None) -> Bill:
    """Raises NotYours. Visits and lines are for those who may see visits."""
    account = payer.account
    if visit is None:
        url = reverse("billing:account", kwargs={"account": account.pk})
        return Bill(account.pk, None, None, str(account_name(account)), url)
    if not payer.may_see_visits:
        raise NotYours
    reader = Reader(payer, desk.scopes)
    row = VisitAccount.objects.on_the_bill().filter(account=account, pk=visit).select_related("patient").first()
    line = Charge.objects.filter(visit=visit, pk=charge).first() if charge else None
    if row is None or (charge and line is None):
        raise NotYours
    words = reader.label(row)
    if line is not None:
        words = _("%(line)s, of %(visit)s") % {"line": reader.charge_title(line, row), "visit": words}
    url = reverse("billing:visit", kwargs={"account": account.pk, "visit": row.pk})
    return Bill(account.pk, row.pk, charge, words, url)


def described(desk: Desk, content: Content) -> Bill | None:
    """The bill that a draft is about; None when there is none, or when it may no longer be seen."""
    return _of_rows(desk, *(content.get(name) or None for name in ROWS))


def of_conversation(desk: Desk, conversation: Any) -> Bill | None:
    return _of_rows(desk, conversation.account_id, conversation.visit_id, conversation.charge_id)


def row_ids(desk: Desk, content: Content) -> dict[str, Any]:
    """The row ids as a conversation keeps them, as far as they may still be seen."""
    bill = described(desk, content)
    if bill is None:
        return {}
    return {"account_id": bill.account_id, "visit_id": bill.visit_id, "charge_id": bill.charge_id}


def choices_of(desk: Desk) -> list[tuple[str, str]]:
    """Name and address for each account a question can be about; none where one writes for a patient."""
    if desk.scope is not None:
        return []
    return [
        (str(account_name(payer.account)), reverse("messaging:about_account", kwargs={"account": payer.account.pk}))
        for payer in payer_scopes_of(desk.user)
    ]


def _of_rows(desk: Desk, account: Any, visit: Any, charge: Any) -> Bill | None:
    if desk.scope is not None or not account:
        return None
    payer = payer_scope_for(desk.user, _uuid(account))
    if payer is None:
        return None
    try:
        return find(payer, desk, visit=_uuid(visit) if visit else None, charge=_uuid(charge) if charge else None)
    except NotYours:
        return None


def _uuid(value: uuid.UUID | str) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
