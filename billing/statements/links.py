"""The square code of a statement: a signed name of a row that staff can revoke, never of the account itself."""

import base64
import binascii
import datetime as dt
import uuid

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.http import urlencode

from billing.statements.models import StatementLink

SALT = "billing.statement"
LIFETIME = dt.timedelta(days=120)


def token_of(link: StatementLink) -> str:
    """Short, so that the code stays coarse enough for every telephone, and the same each time."""
    name = base64.urlsafe_b64encode(link.pk.bytes).decode().rstrip("=")
    return signing.Signer(salt=SALT, sep=".").sign(name)


def address_of(link: StatementLink) -> str:
    """The whole address that the code holds."""
    return f"{settings.PORTAL_URL}{reverse('billing:guest_statement')}?{urlencode({'s': token_of(link)})}"


def link_of(token: str, at: dt.datetime) -> StatementLink | None:
    """The link that still opens its bill; None for every reason alike."""
    try:
        name = signing.Signer(salt=SALT, sep=".").unsign(token)
        pk = uuid.UUID(bytes=base64.urlsafe_b64decode(name + "=="))
    except (signing.BadSignature, binascii.Error, ValueError):
        return None
    return StatementLink.objects.live(at).filter(pk=pk).select_related("statement__account").first()
