"""Links into a guest's case: signed, so that the database alone opens nothing; each lets in once."""

import datetime as dt
import uuid

from django.core import signing
from django.urls import reverse
from django.utils.http import urlencode

from messaging.cases.models import LIFETIME, CaseLink
from messaging.conversations.models import Conversation

_SALT = "messaging.case_link"


def make(conversation: Conversation, at: dt.datetime) -> CaseLink:
    return CaseLink.objects.create(conversation=conversation, created_at=at, expires_at=at + LIFETIME)


def path_of(ref: str) -> str:
    """The address below the portal's own of the link whose id is `ref`."""
    return f"{reverse('messaging:case_open')}?{urlencode({'t': signing.Signer(salt=_SALT).sign(ref)})}"


def find(token: str) -> CaseLink | None:
    """The link a token was made for, whatever became of it; None when it is not ours."""
    try:
        pk = uuid.UUID(signing.Signer(salt=_SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    return CaseLink.objects.filter(pk=pk).select_related("conversation").first()


def use(link: CaseLink, at: dt.datetime) -> bool:
    """Spends a link; one conditional UPDATE decides, so that of two at the same moment one gets in."""
    fresh = CaseLink.objects.fresh(at).filter(pk=link.pk)
    return fresh.filter(conversation__withdrawn_at__isnull=True).update(used_at=at) == 1


def of_number(number: str) -> Conversation | None:
    """A guest's case by its number, which alone opens nothing."""
    cases = Conversation.objects.standing().exclude(guest_email="").select_related("pool")
    return cases.filter(number=number.strip().upper()).first()


def of_case(number: str, email: str) -> Conversation | None:
    """A guest's case by its number and the address it was written from."""
    case = of_number(number)
    return case if case is not None and case.guest_email.lower() == email.strip().lower() else None
