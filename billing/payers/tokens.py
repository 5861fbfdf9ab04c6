"""Addresses that let people in: signed, so that the database alone opens nothing, and the row behind decides."""

import uuid

from django.core import signing
from django.urls import reverse
from django.utils.http import urlencode

INVITATION, LINK = "billing.payer_invitation", "billing.pay_link"
_ROUTES = {INVITATION: "billing:invitation_open", LINK: "billing:link"}


def path_of(salt: str, pk: uuid.UUID) -> str:
    """The address below the portal's own, with its token; the same every time."""
    return f"{reverse(_ROUTES[salt])}?{urlencode({'t': signing.Signer(salt=salt).sign(pk.hex)})}"


def read(salt: str, token: str) -> uuid.UUID | None:
    """The row a token was made for; None when it is not ours."""
    try:
        return uuid.UUID(signing.Signer(salt=salt).unsign(token))
    except (signing.BadSignature, ValueError):
        return None
