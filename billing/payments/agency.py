"""Money that comes in here while a collection agency deals with the account: staff hear of it, and the agency."""

import datetime as dt

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from billing import money
from billing.ledger.choices import Hold, Standing, WorkKind
from billing.ledger.models import GuarantorAccount
from billing.ledger.work import open_work_item
from billing.payments.gateways.protocol import PaymentFacts
from billing.payments.models import PaymentAttempt
from records.notifications import kinds
from records.notifications.actions import notify

KIND = kinds.register(
    "agency_payment",
    subject=_("A payment on an account that is with you"),
    template="billing/payments/agency_email",
)


def has_it(attempt: PaymentAttempt) -> bool:
    """Whether the agency has the account now, or a visit that the payer had chosen."""
    standing = GuarantorAccount.objects.values_list("standing", flat=True).get(pk=attempt.account_id)
    return standing == Standing.AGENCY or attempt.allocations.filter(visit__hold=Hold.AGENCY).exists()


def tell(*, attempt: PaymentAttempt, payment: PaymentFacts, at: dt.datetime) -> None:
    """Opens a work item, and mails the agency's contact where one is set: once for a payment, without a name."""
    open_work_item(
        kind=WorkKind.AGENCY_PAYMENT,
        cause=f"payment:{payment.ref}",
        at=at,
        account=attempt.account,
        amount_cents=payment.amount_cents,
        payment_ref=payment.ref,
    )
    if not settings.AGENCY_EMAIL:
        return
    context = {
        "amount": money.format_cents(payment.amount_cents),
        "date": date_format(timezone.localdate(payment.paid_at or at), "M j, Y"),
        "confirmation": attempt.confirmation,
        "ending": attempt.account.account_number.number[-4:],
    }
    notify(kind=KIND, cause=f"agency:{payment.ref}", at=at, address=settings.AGENCY_EMAIL, context=context)
