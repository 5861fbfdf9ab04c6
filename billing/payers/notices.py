"""What people are told when somebody may pay for somebody else. No mail names anybody."""

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.ledger.choices import AccessRole
from billing.ledger.models import GuarantorAccess
from billing.payers import tokens
from billing.payers.models import PayerInvitation, PayLinkGrant
from billing.payments.gateways.protocol import PaymentFacts
from billing.payments.models import PaymentAttempt
from records.notifications import kinds
from records.notifications.actions import notify
from records.notifications.choices import Category

KIND_INVITED = kinds.register(
    "payer_invitation", subject=_("You are invited to help pay a bill"), template="billing/payers/invitation_email"
)
KIND_PEOPLE = kinds.register(
    "payer_people", subject=_("Who can pay your bill has changed"), template="billing/payers/people_email"
)
KIND_PAYER = kinds.register(
    "payer_access", subject=_("Your access to a bill has changed"), template="billing/payers/access_email"
)
KIND_LINK_PAID = kinds.register(
    "pay_link_paid",
    subject=_("Somebody paid with your link"),
    template="billing/payers/link_paid_email",
    category=Category.BILLS,
)


def invite(invitation: PayerInvitation, at: dt.datetime) -> None:
    url = settings.PORTAL_URL + tokens.path_of(tokens.INVITATION, invitation.pk)
    notify(
        kind=KIND_INVITED,
        cause=f"invitation:{invitation.pk}",
        at=at,
        address=invitation.email,
        context={"url": url},
    )


def tell_both(access: GuarantorAccess, at: dt.datetime) -> None:
    """The person, and every guarantor of the account, that this access began, changed or ended at `at`."""
    cause = f"access:{access.pk}:{at.isoformat()}"
    bills = settings.PORTAL_URL + reverse("billing:summary")
    is_over = access.revoked_at is not None
    notify(kind=KIND_PAYER, cause=cause, at=at, user=access.user, context={"url": bills, "is_over": is_over})
    people = settings.PORTAL_URL + reverse("billing:people", kwargs={"account": access.account_id})
    guarantors = GuarantorAccess.objects.active().filter(account=access.account_id, role=AccessRole.GUARANTOR)
    for guarantor in guarantors.select_related("user"):
        notify(kind=KIND_PEOPLE, cause=cause, at=at, user=guarantor.user, context={"url": people, "is_over": is_over})


def tell_link_paid(attempt: PaymentAttempt, payment: PaymentFacts, at: dt.datetime) -> None:
    """Tells who made the link that was paid with, while they are a guarantor of its account."""
    grant = PayLinkGrant.objects.select_related("link__created_by").filter(pk=attempt.payer_ref).first()
    if grant is None:
        return
    link, cause = grant.link, f"payment:{payment.ref}"
    own = GuarantorAccess.objects.active().filter(account=link.account_id, role=AccessRole.GUARANTOR)
    if not own.filter(user=link.created_by).exists():
        return
    path = reverse("billing:pay_link", kwargs={"account": link.account_id, "link": link.pk})
    url = settings.PORTAL_URL + path
    notify(kind=KIND_LINK_PAID, cause=cause, at=at, user=link.created_by, context={"url": url}, path=path)
