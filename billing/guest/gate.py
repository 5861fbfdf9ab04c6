"""The guest's door: a grant for the bill that was found, good for a quarter of an hour."""

import datetime as dt
import uuid

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.guest.lookup import Match
from billing.guest.models import LIFETIME, GuestGrant
from records.access import kinds
from records.access.doors import Door

KIND_GUEST = kinds.register("guest_bill", _("a bill, by a guest"))


class GuestRequest(HttpRequest):
    grant: GuestGrant
    handle: str


def _find(grant_id: uuid.UUID, at: dt.datetime) -> GuestGrant | None:
    grants = GuestGrant.objects.active(at).select_related(
        "account__guarantor", "account__account_number", "visit__account_number"
    )
    return grants.filter(pk=grant_id).first()


DOOR = Door(
    key="guest_grant",
    gate="guest",
    held_as="grant",
    find=_find,
    elsewhere="billing:guest_lookup",
    closed=_("For your safety we closed your bill after 15 minutes. Look it up again."),
)
guest_page = DOOR.page


def let_in(request: HttpRequest, match: Match) -> HttpResponseRedirect:
    """Opens what was found to this browser, and leads there. One that had it open keeps its grant, and its payments."""
    now = timezone.now()
    held = GuestGrant.objects.filter(pk__in=DOOR.held(request), account=match.account, visit=match.visit)
    grant = held.first() or GuestGrant(account=match.account, visit=match.visit, created_at=now)
    grant.expires_at = now + LIFETIME
    grant.save()
    handle = DOOR.let_in(request, grant.pk, kind=KIND_GUEST, object_id=str(match.account.pk), at=now)
    return HttpResponseRedirect(reverse("billing:guest_amount", kwargs={"handle": handle}))
