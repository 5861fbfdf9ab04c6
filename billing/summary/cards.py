"""A guarantor account as a card: what is owed, what else there is to know, and whether it can be paid now."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing import money
from billing.ledger.access import PayerScope
from billing.ledger.choices import AccountKind, Standing
from billing.ledger.models import GuarantorAccount
from billing.payments.payable import Payable, Reason, payables_of
from billing.payments.words import ReasonWords, coming_words, money_facts, owed_cents, reason_words
from billing.statements.due import due_of, due_words
from billing.summary import groups, payments
from billing.summary.payments import Paid

_TAG_KINDS = {
    Reason.NOTHING: "good",
    Reason.CREDIT: "good",
    Reason.COVERED: "good",
    Reason.AGENCY: "warn",
    Reason.GUARANTOR_NEEDED: "warn",
}


@dataclass(frozen=True)
class Card:
    """One account as its payer sees it. `reason` is None when it can be paid at `pay_url`."""

    id: uuid.UUID
    name: Promise | str
    tag: Promise | str
    tag_kind: str
    owed_label: str
    owed: str
    now_cents: int
    number: str
    facts: list[tuple[str, str]]
    reason: ReasonWords | None
    note: str
    url: str
    visits_label: str
    pay_url: str
    is_own: bool


def cards_of(scopes: Sequence[PayerScope]) -> list[Card]:
    """A card for each account, in as many queries for twenty as for one."""
    payables = payables_of(scopes)
    paid = payments.last_on(scopes)
    due = due_of([scope.account for scope in scopes])
    covers = groups.covers([scope.account.pk for scope in scopes if scope.may_see_visits])
    cards = []
    for scope in scopes:
        pk = scope.account.pk
        names, count = covers.get(pk, ([], 0))
        cards.append(card_of(scope, payables[pk], paid=paid.get(pk), due_date=due.get(pk), names=names, count=count))
    return cards


def card_of(
    scope: PayerScope,
    payable: Payable,
    *,
    paid: Paid | None,
    due_date: dt.date | None,
    names: Sequence[str] = (),
    count: int = 0,
) -> Card:
    account = scope.account
    whose = (_("Covers"), ", ".join(names)) if scope.is_guarantor else (_("Guarantor"), account.addressee)
    last = _("Last payment") if scope.is_guarantor else _("Your last payment")
    return Card(
        id=account.pk,
        name=account_name(account),
        tag=payable.reason.label if payable.reason else due_words(due_date),
        tag_kind=_TAG_KINDS.get(payable.reason, "") if payable.reason else "warn",
        owed_label=_("You owe") if scope.is_guarantor else _("Owed on this account"),
        owed=money.format_cents(owed_cents(payable)),
        now_cents=payable.now_cents,
        number=account.account_number.number,
        facts=[whose, *money_facts(payable, account.kind), (last, _last(paid))],
        reason=reason_words(payable),
        note=_note(account, coming_words(payable, is_guarantor=scope.is_guarantor)),
        url=reverse("billing:account", kwargs={"account": account.pk}),
        visits_label=_visits(count),
        pay_url=reverse("billing:pay", kwargs={"account": account.pk}),
        is_own=scope.is_guarantor,
    )


def account_name(account: GuarantorAccount) -> Promise | str:
    """What the account is called, by its kind: never by its number, which is a credential."""
    return account.addressee if account.standing == Standing.ESTATE else AccountKind(account.kind).label


def _note(account: GuarantorAccount, coming: str) -> str:
    if account.standing == Standing.ESTATE:
        sorry = _("We are sorry for your loss. There is no hurry: call us if you need time, or help with this.")
        return f"{sorry} {coming}".strip()
    return coming


def _visits(count: int) -> str:
    return ngettext("%(count)s visit", "%(count)s visits", count) % {"count": count} if count else _("Details")


def _last(paid: Paid | None) -> str:
    if paid is None:
        return _("None yet")
    said = {"amount": money.format_cents(paid.cents), "date": date_format(paid.date, "M j, Y")}
    return _("%(amount)s on %(date)s") % said
