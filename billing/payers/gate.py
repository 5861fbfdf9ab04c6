"""The door of a pay link: a grant for the link that was opened, good for a quarter of an hour."""

import datetime as dt
import uuid

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.payers import links
from billing.payers.models import PayLink, PayLinkGrant
from records.access import throttle
from records.access.client import address_of, network_of
from records.access.doors import Door

# Openings of links from one network in a quarter of an hour: a family behind one address is far below.
PER_NETWORK, SECONDS = 60, 15 * 60


class LinkRequest(HttpRequest):
    grant: PayLinkGrant
    handle: str


def _find(grant_id: uuid.UUID, at: dt.datetime) -> PayLinkGrant | None:
    grants = PayLinkGrant.objects.active(at).select_related(
        "link__account__guarantor", "link__account__account_number", "link__visit"
    )
    return grants.filter(pk=grant_id).first()


DOOR = Door(
    key="pay_link_grant",
    gate="link",
    held_as="grant",
    find=_find,
    elsewhere="billing:link",
    closed=_("For safety a link stays open for 15 minutes. Open it again to go on."),
)
link_page = DOOR.page


def may_open(request: HttpRequest) -> bool:
    return throttle.hit("pay_link.open", network_of(address_of(request)), limit=PER_NETWORK, seconds=SECONDS)


def let_in(request: HttpRequest, link: PayLink) -> HttpResponseRedirect:
    """Opens the link to this browser, and leads there; one that has opened it before keeps its grant."""
    now = timezone.now()
    grant = links.let_in(link=link, held=DOOR.held(request), at=now)
    handle = DOOR.let_in(request, grant.pk, kind=links.KIND, object_id=str(link.pk), at=now)
    return HttpResponseRedirect(reverse("billing:link_amount", kwargs={"handle": handle}))
