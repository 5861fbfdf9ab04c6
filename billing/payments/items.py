"""What staff read on a work item about a payment: who paid, what happened, what to do next, and the refund it carries."""

import datetime as dt
import uuid
from collections.abc import Collection
from functools import partial

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing import money
from billing.ledger import paying, work
from billing.ledger.choices import DESK, Bucket, TransactionKind, WorkKind
from billing.ledger.models import LedgerEntry, LedgerTransaction
from billing.ledger.work import Changed, Details, PaidBy, PaymentDesk, Press, Step, WorkItem
from billing.payments.holding import Holding, holding_of
from billing.payments.models import PayerKind, PaymentAttempt, ProviderPayment
from billing.payments.refunds import actions as refunds
from billing.payments.refunds.models import Refund
from billing.payments.refunds.states import RefundReason, RefundState
from billing.payments.words import method_words, way_back_words
from records.access.models import User

_NOBODY = gettext_lazy("Nobody we know")
_WAYS: dict[str, Promise] = {
    PayerKind.USER.value: gettext_lazy("Somebody who may pay on the account"),
    PayerKind.GUEST.value: gettext_lazy("A guest with the statement"),
    PayerKind.LINK.value: gettext_lazy("A guest with a pay link"),
}
# What happened, and what to do next.
_TOLD: dict[WorkKind, tuple[Promise, Promise]] = {
    WorkKind.MONEY_LEFT_OVER: (
        gettext_lazy("More of this payment went back than it still paid for. The rest stands under “Not yet placed”."),
        gettext_lazy("Compare its refunds and chargebacks with the provider’s own page, and ask the payer."),
    ),
    WorkKind.AMOUNT_MISMATCH: (
        gettext_lazy("Another amount was paid than was asked for. It is posted as it was paid."),
        gettext_lazy("Look whether it paid what the payer meant. Send back what was too much."),
    ),
    WorkKind.UNKNOWN_PAYMENT: (
        gettext_lazy("A payment came that nobody began here. It waits to be placed."),
        gettext_lazy("Place it on the account it was meant for, or send it back."),
    ),
    WorkKind.FOREIGN_CURRENCY: (
        gettext_lazy("It was paid in another currency, and waits for what it was worth in dollars."),
        gettext_lazy("Place it on the account, or send it back at the provider’s own desk."),
    ),
    WorkKind.REFUND_OUTSIDE: (
        gettext_lazy("Somebody sent money back at the provider’s own desk, without asking here. It is posted."),
        gettext_lazy("Ask who did it, and why. What the payment had paid may be owed again."),
    ),
    WorkKind.REFUND_FAILED: (
        gettext_lazy("Money that we sent back did not arrive, or nobody knows yet whether it did."),
        gettext_lazy("Look at the payment. Where it failed, ask the payer for another way to pay them back."),
    ),
    WorkKind.CHARGEBACK: (
        gettext_lazy("The payer’s bank took the money back until it is decided whose it is."),
        gettext_lazy("Answer it at the provider’s own desk before it runs out."),
    ),
    WorkKind.CHARGEBACK_LOST: (
        gettext_lazy("The payer’s bank kept the money. What the payment had paid is owed again."),
        gettext_lazy("Tell the guarantor before the next statement does."),
    ),
    WorkKind.AGENCY_PAYMENT: (
        gettext_lazy("Somebody paid here while the account, or a visit, is with the collection agency."),
        gettext_lazy("Tell the agency the amount and the confirmation number, so that nobody pays twice."),
    ),
}


def register() -> None:
    """Tells the ledger's work items what is known here."""
    work.register_payments(PaymentDesk(words=paid_by, steps=steps))
    work.register_details(WorkKind.OVERPAYMENT, _overpayment)
    for kind, told in _TOLD.items():
        work.register_details(kind, partial(_told, told))


def paid_by(refs: Collection[str]) -> dict[str, PaidBy]:
    """By reference, who paid and by which way, in two queries for all of them."""
    wanted = {ref for ref in refs if ref}
    if not wanted:
        return {}
    payments = ProviderPayment.objects.filter(ref__in=wanted).select_related("attempt__user")
    found = {payment.ref: _online(payment) for payment in payments}
    if wanted - found.keys():
        found |= _at_the_desk(wanted - found.keys())
    return found


def steps(posted: LedgerTransaction) -> list[Step]:
    """What staff can do now with the money of a payment; the pages check who asks."""
    return steps_with(holding_of(posted))


def steps_with(holding: Holding) -> list[Step]:
    payment, posted = holding.payment, holding.posted
    found = []
    if payment is not None and holding.left_cents:
        label = _("Refund up to %(amount)s") % {"amount": money.format_cents(holding.left_cents)}
        found.append((label, f"{reverse('admin:billing_refund_add')}?payment={payment.pk}"))
    if payment is not None and holding.unplaced_cents:
        found.append((_("Place on an account"), reverse("admin:billing_providerpayment_place", args=[payment.pk])))
    if holding.free_cents:
        url = reverse("admin:billing_ledgertransaction_put_back", args=[posted.pk])
        found.append((_("Put it back on a visit"), url))
    if holding.desk_cents:
        url = reverse("admin:billing_ledgertransaction_pay_back", args=[posted.pk])
        found.append((_("Paid back at the desk"), url))
    return found


def _online(payment: ProviderPayment) -> PaidBy:
    url = reverse("admin:billing_providerpayment_change", args=[payment.pk])
    confirmation = payment.attempt.confirmation if payment.attempt else ""
    return PaidBy(_who(payment.attempt), method_words(payment), confirmation, url)


def _who(attempt: PaymentAttempt | None) -> str:
    if attempt is None:
        return str(_NOBODY)
    if attempt.is_guarantor:
        return _("The guarantor")
    name = attempt.user.full_name if attempt.user else attempt.payer_name
    way = str(_WAYS[attempt.payer_kind])
    return _("%(way)s: %(name)s") % {"way": way, "name": name} if name else way


def _at_the_desk(refs: Collection[str]) -> dict[str, PaidBy]:
    entries = LedgerEntry.objects.filter(
        bucket__in=DESK, transaction__kind=TransactionKind.PAYMENT, payment_ref__in=refs
    )
    return {
        entry.payment_ref: PaidBy(
            who=_("Somebody else than the guarantor") if entry.transaction.is_third_party else _("The guarantor"),
            way=str(Bucket(entry.bucket).label),
            confirmation="",
            url=reverse("admin:billing_ledgertransaction_change", args=[entry.transaction_id]),
        )
        for entry in entries.select_related("transaction")
    }


def _holding_of(item: WorkItem) -> Holding | None:
    payments = LedgerTransaction.objects.filter(kind=TransactionKind.PAYMENT, source_ref=item.payment_ref)
    posted = payments.first() if item.payment_ref else None
    return holding_of(posted) if posted else None


def _told(told: tuple[Promise, Promise], item: WorkItem) -> Details:
    holding = _holding_of(item)
    return Details(
        happened=str(told[0]),
        next_step=str(told[1]),
        paid=_paid(holding),
        steps=tuple(steps_with(holding)) if holding else (),
    )


def _paid(holding: Holding | None) -> PaidBy | None:
    if holding is None:
        return None
    ref = holding.posted.source_ref
    return _online(holding.payment) if holding.payment else paid_by([ref]).get(ref)


def _overpayment(item: WorkItem) -> Details:
    """More was paid than was owed: the item carries the refund of what still waits of it."""
    holding = _holding_of(item)
    found = steps_with(holding) if holding else []
    refund = next((refund for refund in holding.refunds if refund.pk == _token(item)), None) if holding else None
    if refund is not None:
        label = _("Refund: %(state)s") % {"state": RefundState(refund.state).label}
        found.insert(0, (label, reverse("admin:billing_refund_change", args=[refund.pk])))
    press = _press(item, holding) if holding and refund is None and item.done_at is None else None
    third_party = _("More was paid than was owed. What is over belongs to who paid, and waits to go back to them.")
    guarantors = _("More was paid than was owed. What is over is the guarantor’s credit.")
    return Details(
        happened=third_party if holding and holding.posted.is_third_party else guarantors,
        next_step=_next_step(holding, press),
        paid=_paid(holding),
        steps=tuple(found),
        press=press,
    )


def _next_step(holding: Holding | None, press: Press | None) -> str:
    if press is not None:
        return _("Send it back with the button below, or put it back on a visit that owes again.")
    if holding is None:
        return _("Look at the account: what no payment can be named for stands there as credit.")
    if holding.free_cents:
        return _("Pay it back where it was paid, or put it back on a visit that owes again.")
    return _("Nothing of it waits any more, or it is on its way back. Then there is nothing to do.")


def _press(item: WorkItem, holding: Holding) -> Press | None:
    payment, cents = holding.payment, _waiting_cents(item, holding)
    if payment is None or not cents:
        return None
    words = {"amount": money.format_cents(cents), "way": way_back_words(payment)}
    return Press(
        label=_("Send %(amount)s back to %(way)s") % words,
        said=tuple(_review(payment, payment.amount_cents - holding.left_cents + cents, words)),
        cents=cents,
        permission="billing.add_refund",
        act=partial(_send_back, item, payment.pk),
    )


def _review(payment: ProviderPayment, asked_cents: int, words: dict[str, str]) -> list[str]:
    paid = {"paid": money.format_cents(payment.amount_cents), "who": _who(payment.attempt)}
    paid["date"] = date_format(localdate(payment.paid_at), "M j, Y") if payment.paid_at else ""
    limit = settings.REFUND_APPROVAL_CENTS
    second = _("More than %(limit)s of this payment would have gone back, so a second person has to agree first.")
    return [
        _("%(amount)s goes back to %(way)s. What the payment paid for stays paid.") % words,
        _("The payment: %(paid)s, %(date)s. Payer: %(who)s.") % paid,
        *([second % {"limit": money.format_cents(limit)}] if asked_cents > limit else []),
        _("A refund cannot be called back."),
    ]


def _waiting_cents(item: WorkItem, holding: Holding) -> int:
    """What still waits of the item's amount."""
    return min(item.amount_cents or 0, holding.free_cents)


def _token(item: WorkItem) -> uuid.UUID:
    """The refund's id-to-be: an item asks for one refund, however often its button is pressed."""
    return uuid.uuid5(item.pk, "refund")


@transaction.atomic
def _send_back(item: WorkItem, payment_id: int, by: User, cents: int, at: dt.datetime) -> str:
    """Asks for the refund, under the payment's lock. Raises Changed when another amount waits than was shown."""
    payment = ProviderPayment.objects.select_for_update().get(pk=payment_id)
    posted = paying.payment_of(payment.provider, payment.ref)
    is_known = Refund.objects.filter(pk=_token(item)).exists()
    if not is_known and (posted is None or cents != _waiting_cents(item, holding_of(posted))):
        raise Changed
    try:
        refund = refunds.request(
            payment_id=payment.pk,
            amount_cents=cents,
            reason=RefundReason.OVERPAID,
            note="",
            by=by,
            at=at,
            token=_token(item),
        )
    except refunds.NotRefundable:
        raise Changed from None
    if refund.state == RefundState.WAITING:
        return _("Asked for. It is sent when a second person has agreed.")
    return _("The refund is on its way to the payment service.")
