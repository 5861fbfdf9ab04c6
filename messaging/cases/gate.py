"""A guest's door: a session that has used a link within the hour. Nothing that says which case is in the URL."""

import datetime as dt
import uuid

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.cases.models import CaseLink
from messaging.conversations import kinds
from messaging.conversations.models import Conversation
from records.access import throttle
from records.access.client import address_of, network_of
from records.access.doors import Door

HOUR, DAY = 60 * 60, 24 * 60 * 60
# A person writes once or twice; a family, an office or a library shares an address.
PER_NETWORK, PER_EMAIL, OPENINGS, LINKS_PER_CASE = 10, 5, 60, 3


class CaseRequest(HttpRequest):
    case: Conversation
    handle: str


def may_write(request: HttpRequest, email: str) -> bool:
    """Counts this message; False when too many came from there, or for this address."""
    within = [
        throttle.hit("case.address", network_of(address_of(request)), limit=PER_NETWORK, seconds=HOUR),
        throttle.hit("case.email", email.lower(), limit=PER_EMAIL, seconds=DAY),
    ]
    return all(within)


def may_open(request: HttpRequest) -> bool:
    return throttle.hit("case.open", network_of(address_of(request)), limit=OPENINGS, seconds=HOUR)


def may_ask_for_link(request: HttpRequest, number: str) -> bool:
    within = [
        throttle.hit("case.link.address", network_of(address_of(request)), limit=PER_NETWORK, seconds=HOUR),
        throttle.hit("case.link.number", number.strip().upper(), limit=LINKS_PER_CASE, seconds=HOUR),
    ]
    return all(within)


def let_in(request: HttpRequest, link: CaseLink) -> HttpResponseRedirect:
    """Opens the case to this browser, and leads there."""
    object_id = f"conversation:{link.conversation_id}"
    handle = DOOR.let_in(request, link.pk, kind=kinds.MESSAGE, object_id=object_id, at=timezone.now())
    return HttpResponseRedirect(reverse("messaging:case", kwargs={"handle": handle}))


def _find(link_id: uuid.UUID, at: dt.datetime) -> Conversation | None:
    """The case that a link has opened within the hour, unless it was taken back meanwhile."""
    links = CaseLink.objects.open(at).filter(pk=link_id, conversation__withdrawn_at__isnull=True)
    link = links.select_related("conversation__pool").first()
    return link.conversation if link is not None else None


DOOR = Door(
    key="case_link",
    gate="link",
    held_as="case",
    find=_find,
    elsewhere="messaging:case_link",
    closed=_("For safety your case was closed here after an hour. Ask for a new link."),
)
case_page = DOOR.page
