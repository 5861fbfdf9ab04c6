"""Staff's door to appointments, and as whom they act there."""

import functools
import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404

from records.access.client import origin_of
from records.access.gate import send_logged
from records.access.staff_pages import StaffRequest, log_seen, staff_page
from records.appointments.actors import Actor
from records.appointments.bookings import Appointment
from records.appointments.kinds import APPOINTMENT

VIEW, CHANGE = "records.view_appointment", "records.change_appointment"


def actor_of(request: StaffRequest) -> Actor:
    return Actor(request.user, origin=origin_of(request))


def row_page(
    rows: Callable[[], QuerySet[Any]], permission: str = CHANGE
) -> Callable[[Callable[..., Any]], Callable[..., HttpResponseBase]]:
    """A page of one row. What is shown is logged before it is sent; what is done, the actions log."""

    def decorate(view: Callable[..., Any]) -> Callable[..., HttpResponseBase]:
        @staff_page(permission)
        @functools.wraps(view)
        def gated(request: StaffRequest, object_id: uuid.UUID) -> HttpResponseBase:
            row = get_object_or_404(rows(), pk=object_id)
            return send_logged(
                request,
                view(request, row),
                lambda: log_seen(request, APPOINTMENT, patient_id=row.patient_id, object_id=str(row.pk)),
            )

        return gated

    return decorate


def appointments() -> QuerySet[Appointment]:
    rows: QuerySet[Appointment] = Appointment.objects.arranged().with_parts().select_related("patient", "coverage")
    return rows
