"""What the signed-in door hands to the pages of paying."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from billing.ledger import numbers
from billing.payments.pages import Paying
from billing.payments.payers import signed_in
from billing.payments.readers import Reader
from billing.payments.words import first_name_of
from billing.summary.cards import account_name


def paying_of(reader: Reader) -> Paying:
    """The payer, their account, and the visits they may choose among with what they may know of them."""
    payer = reader.payer
    account: dict[str, Any] = {"account": payer.account.pk}
    account_url = reverse("billing:account", kwargs=account)
    return Paying(
        account=payer.account,
        payer=signed_in(payer),
        layout="layouts/signed_in.html",
        steps=[_("Amount"), _("Review"), _("Pay")],
        amount_url=reverse("billing:pay", kwargs=account),
        review_url=lambda draft: reverse("billing:pay_review", kwargs=account | {"draft": draft}),
        leave_url=account_url,
        back_url=account_url,
        back_label=_("Back to the account"),
        facts=[
            (_("Account"), str(account_name(payer.account))),
            (_("Account number"), numbers.grouped(payer.account.account_number.number)),
        ],
        credit_url=reverse("billing:credit", kwargs=account) if payer.is_guarantor else "",
        email=payer.user.email,
        tells="" if payer.is_guarantor else first_name_of(payer.account),
        visits=reader.choices() if payer.may_see_visits else [],
    )
