"""A refund in words, for the second person who decides about it."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing import money
from billing.ledger.models import GuarantorAccount
from billing.payments.models import PayerKind, PaymentAttempt
from billing.payments.refunds.models import Refund
from billing.payments.words import method_words
from records.approvals.kinds import Matter


def matters(object_ids: Sequence[str]) -> dict[str, Matter]:
    """By refund id, in one query."""
    attempt = "payment__attempt"
    refunds = Refund.objects.filter(pk__in=object_ids).select_related(
        f"{attempt}__user", f"{attempt}__account__guarantor", f"{attempt}__account__account_number"
    )
    return {str(refund.pk): _matter(refund) for refund in refunds}


def _matter(refund: Refund) -> Matter:
    amount = money.format_cents(refund.amount_cents)
    return Matter(
        sentence=_sentence(refund, amount),
        facts=_facts(refund, amount),
        approve=_("Approve: send %(amount)s back") % {"amount": amount},
        follows=_(
            "%(amount)s goes back to where the payment came from. What the payment had paid is owed again, as far as it "
            "was not over. A refund cannot be called back."
        )
        % {"amount": amount},
    )


def _sentence(refund: Refund, amount: str) -> str:
    said = {"amount": amount, "method": method_words(refund.payment)}
    attempt = refund.payment.attempt
    if attempt is None:
        return _("Send %(amount)s back to %(method)s. We do not know who paid it.") % said
    said |= {"payer": _payer(attempt), "number": _number(attempt.account)}
    return _("Send %(amount)s back to %(method)s, paid by %(payer)s on account %(number)s.") % said


def _facts(refund: Refund, amount: str) -> list[tuple[str, str]]:
    payment, attempt = refund.payment, refund.payment.attempt
    paid = [
        (_("Amount"), amount),
        (_("Goes back to"), method_words(payment)),
        (_("Of a payment of"), money.format_cents(payment.amount_cents)),
    ]
    if payment.paid_at:
        paid.append((_("Paid on"), date_format(timezone.localdate(payment.paid_at), "M j, Y")))
    if attempt is not None:
        said = {"name": attempt.account.addressee or _("Nobody yet"), "number": _number(attempt.account)}
        paid += [
            (_("Paid by"), _payer(attempt)),
            (_("Confirmation number"), attempt.confirmation),
            (_("Account"), _("%(name)s, account %(number)s") % said),
        ]
    why = [(_("Reason"), str(Refund.Reason(refund.reason).label))]
    return [*paid, *why, *([(_("Note from who asked"), refund.note)] if refund.note else [])]


def _payer(attempt: PaymentAttempt) -> str:
    """Who paid, as staff may know it."""
    if attempt.user is not None:
        return attempt.user.full_name
    ways = {PayerKind.GUEST: _("a guest"), PayerKind.LINK: _("somebody with a pay link")}
    return attempt.payer_name or ways.get(PayerKind(attempt.payer_kind), _("somebody who signed in"))


def _number(account: GuarantorAccount) -> str:
    return str(account.account_number) if hasattr(account, "account_number") else "–"
