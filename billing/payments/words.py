"""Why nothing can be paid here now, and what to do next: the same words at both doors."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from billing import money
from billing.ledger.choices import AccountKind, Standing
from billing.ledger.models import GuarantorAccount
from billing.payments.models import PayerKind, ProviderPayment
from billing.payments.payable import NotPayable, Payable, Reason


@dataclass(frozen=True)
class ReasonWords:
    """`title` is the short form for a tag, `text` says why, `next_step` what to do."""

    title: Promise | str
    text: str
    next_step: str


def reason_words(payable: Payable) -> ReasonWords | None:
    """Words for `payable.reason`; None when it can be paid."""
    if payable.reason is None:
        return None
    text, next_step = _TEXTS[payable.reason](payable)
    return ReasonWords(payable.reason.label, text, next_step)


_SOMEBODY_ELSES = frozenset({Reason.NOT_YOURS, Reason.GUARANTOR_NEEDED})


def owed_cents(payable: Payable) -> int:
    """What the payer is told they owe: nothing where somebody else has to pay."""
    return 0 if payable.reason in _SOMEBODY_ELSES else payable.owed_cents


def money_facts(payable: Payable, kind: str) -> list[tuple[str, str]]:
    """The account's other amounts, each with what it is called; those that are zero are left out."""
    not_theirs = payable.owed_cents if payable.reason in _SOMEBODY_ELSES else 0
    amounts = [
        (_pending_label(kind), payable.pending_cents + not_theirs),
        (_("On a payment plan"), payable.plan_cents),
        (_("Being looked at"), payable.contested_cents),
        (_("With a collection agency"), payable.agency_cents),
        (_("Your bank payment on its way"), payable.processing_cents),
        (_("Your credit with us"), payable.credit_cents),
    ]
    return [(label, money.format_cents(cents)) for label, cents in amounts if cents]


def coming_words(payable: Payable, *, is_guarantor: bool) -> str:
    """That somebody else's bank payment is on its way, which leaves the choice; only the guarantor learns how much."""
    if not payable.others_cents:
        return ""
    if is_guarantor:
        words = _("A bank payment of %(amount)s by somebody else is on its way. You can wait for it, or pay now.")
        return words % {"amount": money.format_cents(payable.others_cents)}
    return _("Somebody’s bank payment is on its way. You can wait for it, or pay now: what is too much is sent back.")


def change_words(change: NotPayable) -> str:
    """Why a payment was not begun, and what can be paid instead."""
    not_charged = _("You have not been charged.")
    reason = reason_words(change.payable)
    if reason is not None:
        return f"{not_charged} {reason.text}"
    said = {"asked": money.format_cents(change.asked_cents), "now": money.format_cents(change.now_cents)}
    return f"{not_charged} " + _("What is owed has changed: of the %(asked)s, %(now)s can be paid now.") % said


def method_words(payment: ProviderPayment) -> str:
    """How it was paid, as "Card ending in 4242"."""
    known = {"card": _("Card"), "us_bank_account": _("Bank account")}
    method = known.get(payment.method, _("Online payment"))
    if not payment.last4:
        return method
    return _("%(method)s ending in %(digits)s") % {"method": method, "digits": payment.last4}


def way_back_words(payment: ProviderPayment) -> str:
    """Where money of it goes back to, as "the card ending in 4242"."""
    known = {"card": _("the card ending in %(digits)s"), "us_bank_account": _("the bank account ending in %(digits)s")}
    words = known.get(payment.method) if payment.last4 else None
    return words % {"digits": payment.last4} if words else _("where it was paid from")


def first_name_of(account: GuarantorAccount) -> str:
    """The guarantor's first name, for people they let pay; empty when there is nobody to be told."""
    if account.guarantor is None or account.standing == Standing.ESTATE:
        return ""
    return account.guarantor.given_name.split(" ")[0]


def payer_words(kind: str, name: str) -> str:
    """Who paid, as the guarantor may know it: the name that the payer gave, or by which way they came."""
    ways = {
        PayerKind.USER: _("Someone who may pay"),
        PayerKind.GUEST: _("Someone with your statement"),
        PayerKind.LINK: _("Someone with your link"),
    }
    return name or ways[PayerKind(kind)]


def _pending_label(kind: str) -> str:
    if kind == AccountKind.WORKERS_COMPENSATION:
        return _("With your employer’s insurer")
    if kind == AccountKind.THIRD_PARTY:
        return _("With another insurer")
    return _("Waiting for insurance")


def _call() -> str:
    return _("Questions? Call %(phone)s, %(hours)s.") % {
        "phone": settings.SERVICE_PHONE,
        "hours": settings.SERVICE_HOURS,
    }


def _closed(payable: Payable) -> tuple[str, str]:
    return (
        _("Bills cannot be paid online here."),
        _("Call %(phone)s to pay by phone, or send a check.") % {"phone": settings.SERVICE_PHONE},
    )


def _not_yours(payable: Payable) -> tuple[str, str]:
    return (
        _("You do not pay this one; your employer’s or another insurer does."),
        _("Did you get a bill for it? Call %(phone)s and we will sort it out.") % {"phone": settings.SERVICE_PHONE},
    )


def _guarantor_needed(payable: Payable) -> tuple[str, str]:
    return (
        _("We do not know yet who is responsible for this bill, so nobody can pay it."),
        _("Call %(phone)s to tell us who the guarantor is.") % {"phone": settings.SERVICE_PHONE},
    )


def _agency(payable: Payable) -> tuple[str, str]:
    return (
        _("This balance is with a collection agency now. A payment here would not reach it."),
        _("Call %(agency)s at %(phone)s to pay or to ask about it.")
        % {"agency": settings.AGENCY_NAME, "phone": settings.AGENCY_PHONE},
    )


def _processing(payable: Payable) -> tuple[str, str]:
    amount = money.format_cents(payable.processing_cents)
    return (
        _("Your bank payment of %(amount)s is on its way. That can take up to four business days.")
        % {"amount": amount},
        _("You do not need to do anything. The balance changes when the bank confirms."),
    )


def _covered(payable: Payable) -> tuple[str, str]:
    amount = money.format_cents(payable.usable_credit_cents)
    return (
        _("Your credit with us covers %(amount)s of it, so no card is needed.") % {"amount": amount},
        _("Use your credit: the button is on the account’s page."),
    )


def _on_plan(payable: Payable) -> tuple[str, str]:
    amount = money.format_cents(payable.plan_cents)
    return _("%(amount)s is on your payment plan: you pay it in parts, and nothing else now.") % {
        "amount": amount
    }, _call()


def _contested(payable: Payable) -> tuple[str, str]:
    return _("You asked us to look at this bill. Nothing is due until we answer."), _call()


def _too_small(payable: Payable) -> tuple[str, str]:
    return _("Amounts under 50 cents cannot be paid online."), _("It waits for your next bill.")


def _pending(payable: Payable) -> tuple[str, str]:
    amount = money.format_cents(payable.pending_cents)
    return (
        _("Insurance has not decided yet about %(amount)s. Until then you owe nothing.") % {"amount": amount},
        _("We send a statement when it has. Please do not pay before."),
    )


def _credit(payable: Payable) -> tuple[str, str]:
    amount = money.format_cents(payable.credit_cents)
    return (
        _("You have a credit of %(amount)s with us and owe nothing.") % {"amount": amount},
        _("Call %(phone)s to have it sent back, or keep it for a later bill.") % {"phone": settings.SERVICE_PHONE},
    )


def _nothing(payable: Payable) -> tuple[str, str]:
    return _("There is nothing to pay. Thank you."), _call()


_TEXTS = {
    Reason.CLOSED: _closed,
    Reason.NOT_YOURS: _not_yours,
    Reason.GUARANTOR_NEEDED: _guarantor_needed,
    Reason.AGENCY: _agency,
    Reason.PROCESSING: _processing,
    Reason.COVERED: _covered,
    Reason.ON_PLAN: _on_plan,
    Reason.CONTESTED: _contested,
    Reason.TOO_SMALL: _too_small,
    Reason.PENDING: _pending,
    Reason.CREDIT: _credit,
    Reason.NOTHING: _nothing,
}
