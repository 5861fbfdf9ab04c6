"""Finding an invitation again, and which addresses somebody has proved to be theirs."""

import datetime as dt
import uuid

from allauth.account.models import EmailAddress

from billing.payers.models import PayerInvitation
from records.access.models import User


def find(pk: uuid.UUID | None, at: dt.datetime) -> PayerInvitation | None:
    """The invitation while it can be accepted."""
    if pk is None:
        return None
    return PayerInvitation.objects.open(at).filter(pk=pk).select_related("account__guarantor").first()


def addresses_of(user: User) -> set[str]:
    verified = EmailAddress.objects.filter(user=user, verified=True)
    return {email.lower() for email in verified.values_list("email", flat=True)}
