"""The ways to pay in the sandbox: test numbers to choose from, so that no real card number is ever typed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Method(models.TextChoices):
    """Numbers as Stripe's test cards have them, since people who test payments know these."""

    CARD = "card", _("Visa ending in 4242: the payment goes through")
    DECLINED = "card_declined", _("Visa ending in 0002: the bank says no")
    NO_MONEY = "card_no_money", _("Visa ending in 9995: not enough money")
    ASKS = "card_asks", _("Visa ending in 3155: the bank asks you first (3-D Secure)")
    BANK = "bank", _("Bank account ending in 6789: goes through after a minute")
    BANK_FAILS = "bank_fails", _("Bank account ending in 1116: fails after a minute")
    DISPUTED = "card_disputed", _("Visa ending in 0259: goes through, and is disputed a minute later")
    BANK_RETURNED = "bank_returned", _("Bank account ending in 5559: goes through, and is returned a minute later")
    REFUND_FAILS = "card_refund_fails", _("Visa ending in 5126: goes through; a refund to it fails a minute later")
    REFUND_WAITS = "card_refund_waits", _("Visa ending in 7726: goes through; a refund to it takes a minute")


BANKS = frozenset({Method.BANK, Method.BANK_FAILS, Method.BANK_RETURNED})
ASKS_BACK = frozenset({Method.DISPUTED, Method.BANK_RETURNED})
LAST4 = {
    Method.CARD: "4242",
    Method.DECLINED: "0002",
    Method.NO_MONEY: "9995",
    Method.ASKS: "3155",
    Method.BANK: "6789",
    Method.BANK_FAILS: "1116",
    Method.DISPUTED: "0259",
    Method.BANK_RETURNED: "5559",
    Method.REFUND_FAILS: "5126",
    Method.REFUND_WAITS: "7726",
}
# What the payer reads after a try that came to nothing.
REASONS = {
    Method.DECLINED: _(
        "The bank said no to this card. Nothing was paid. Choose another way to pay, or call your bank."
    ),
    Method.NO_MONEY: _("There is not enough money on this card. Nothing was paid. Choose another way to pay."),
    Method.ASKS: _("You refused the payment, so nothing was paid. You can choose again."),
}
