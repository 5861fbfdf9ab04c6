"""The admin's columns of money that may be in another currency than the ledger's."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing import money
from billing.ledger.columns import Column
from billing.payments.models import ProviderPayment


def in_its_currency(label: Any) -> Column:
    """A column that shows the amount of a payment, or of what went back of one, in what was paid with.

    A list of refunds or chargebacks has to select their payments.
    """

    @admin.display(description=label, ordering="amount_cents")
    def amount_cents(row: Any) -> str:
        payment = row if isinstance(row, ProviderPayment) else row.payment
        return money.format_in(row.amount_cents, payment.currency)

    return amount_cents


PAID_AMOUNT = in_its_currency(_("amount"))
