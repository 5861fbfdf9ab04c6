"""What the signed-in door hands to the pages of paying."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from billing.ledger import numbers
from billing.ledger.access import PayerScope
from billing.payments.models import PayerKind
from billing.payments.pages import Paying
from billing.payments.payers import Payer
from billing.payments.readers import Reader
from billing.payments.words import first_name_of
from billing.summary.cards import account_name
from records.access.scope import scopes_of


def paying_of(payer: PayerScope, at: dt.datetime) -> Paying:
    """The payer, their account, and the visits they may choose among with what they may know of them."""
    account = {"account": payer.account.pk}
    account_url = reverse("billing:account", kwargs=account)
    return Paying(
        account=payer.account,
        payer=Payer(
            kind=PayerKind.USER,
            ref=payer.user.pk,
            is_guarantor=payer.is_guarantor,
            user=payer.user,
            name="" if payer.is_guarantor else payer.user.full_name,
        ),
        layout="layouts/signed_in.html",
        steps=[_("Amount"), _("Review"), _("Pay")],
        amount_url=reverse("billing:pay", kwargs=account),
        review_url=reverse("billing:pay_review", kwargs=account),
        leave_url=account_url,
        back_url=account_url,
        back_label=_("Back to the account"),
        facts=[
            (_("Account"), str(account_name(payer.account))),
            (_("Account number"), numbers.grouped(payer.account.account_number.number)),
        ],
        email=payer.user.email,
        tells="" if payer.is_guarantor else first_name_of(payer.account),
        visits=Reader(payer, scopes_of(payer.user, at)).choices() if payer.may_see_visits else [],
    )
