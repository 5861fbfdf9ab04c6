"""What a pay link hands to the pages of paying, and what it says before it is opened: an amount and a first name."""

import uuid
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.payers import links
from billing.payers.links import Tally
from billing.payers.models import LinkUse, PayLink, PayLinkGrant
from billing.payers.sharing import may_share
from billing.payments.models import MIN_CENTS, PayerKind
from billing.payments.pages import Paying
from billing.payments.payable import payable_of
from billing.payments.payers import Payer
from billing.payments.words import first_name_of


@dataclass(frozen=True)
class Offer:
    """What a link asks of somebody now. `cents` is 0 when nothing can be paid; then `is_taken` says that it may later."""

    name: str
    cents: int
    is_exact: bool
    is_shared: bool
    is_taken: bool


def find(token_link: uuid.UUID | None) -> PayLink | None:
    """The link of a token, while it is open."""
    open_links = PayLink.objects.open(timezone.now()).select_related("account", "visit")
    return open_links.filter(pk=token_link).first() if token_link else None


def offer_of(link: PayLink, ref: uuid.UUID | None = None) -> Offer:
    """What `ref`, or somebody new, is asked for: no more than is still owed."""
    tally = links.tally_of(link)
    # An account that went to an estate or an agency meanwhile asks nobody in its guarantor's name.
    left = links.left_cents(link, tally, ref) if may_share(link.account) else 0
    payable = payable_of(link.account, link.visit, payer=_payer(ref) if ref else None)
    cents = min(left, payable.now_cents)
    return Offer(
        name=link.shown_name,
        cents=cents if cents >= MIN_CENTS else 0,
        is_exact=link.use == LinkUse.EXACT,
        is_shared=link.use == LinkUse.SPLIT,
        is_taken=left < MIN_CENTS and may_share(link.account) and _is_promised(link, tally, ref),
    )


def paying_of(grant: PayLinkGrant, offer: Offer, handle: str) -> Paying:
    """`handle` is where this browser holds the grant."""
    link, here = grant.link, {"handle": handle}
    return Paying(
        account=link.account,
        payer=_payer(grant.pk),
        layout="layouts/public.html",
        steps=[_("Amount"), _("Review"), _("Pay")],
        amount_url=reverse("billing:link_amount", kwargs=here),
        review_url=lambda draft: reverse("billing:link_review", kwargs=here | {"draft": draft}),
        leave_url=reverse("billing:link"),
        back_url="",
        back_label="",
        facts=[(_("For"), link.shown_name)],
        visit=link.visit,
        most_cents=offer.cents,
        is_fixed=offer.is_exact,
        tells=first_name_of(link.account) and link.shown_name,
        guard=links.guard_of(link, grant.pk, timezone.now()),
        together=links.companions(link, grant.pk),
    )


def _payer(ref: uuid.UUID) -> Payer:
    return Payer(kind=PayerKind.LINK, ref=ref, is_guarantor=False)


def _is_promised(link: PayLink, tally: Tally, ref: uuid.UUID | None) -> bool:
    return not links.is_spent(link, tally) and tally.promised_cents(but=ref) > 0
