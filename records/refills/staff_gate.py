"""Staff's door to refill requests: a permission of the admin, and a row in the access log."""

import functools
import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404

from records.access.client import origin_of
from records.access.gate import send_logged
from records.access.staff_pages import StaffRequest, log_seen, staff_page
from records.refills import kinds
from records.refills.actors import Actor
from records.refills.handling import CHANGE
from records.refills.requests import RefillItem

VIEW = "records.view_refillitem"


def actor_of(request: StaffRequest) -> Actor:
    return Actor(request.user, origin=origin_of(request))


def item_page(permission: str = CHANGE) -> Callable[[Callable[..., Any]], Callable[..., HttpResponseBase]]:
    """A page of one request. What is shown is logged before it is sent; what is done, the actions log."""

    def decorate(view: Callable[..., Any]) -> Callable[..., HttpResponseBase]:
        @staff_page(permission)
        @functools.wraps(view)
        def gated(request: StaffRequest, object_id: uuid.UUID) -> HttpResponseBase:
            rows = RefillItem.objects.with_parts().select_related("request__asked_by", "prepared_by", "decided_by")
            item = get_object_or_404(rows, pk=object_id)
            return send_logged(request, view(request, item), lambda: record_seen(request, item))

        return gated

    return decorate


def record_seen(request: StaffRequest, item: RefillItem | None, count: int = 1) -> None:
    """Appends who saw one request, or a list of `count`."""
    patient_id, object_id = (item.patient_id, str(item.pk)) if item else (None, "refills")
    log_seen(request, kinds.REFILL, patient_id=patient_id, object_id=object_id, count=count)
