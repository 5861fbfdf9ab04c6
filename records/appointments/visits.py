"""Ties appointments that took place to the visits of the record, so that each leads to the other and to its bill."""

import datetime as dt

from django.db.models import F

from records.appointments.bookings import Appointment
from records.appointments.states import Status
from records.chart.models import Encounter

# What the clinic's system has not sent by then will not come.
LOOK_BACK = dt.timedelta(days=30)
MOST = 1000


def link_visits(at: dt.datetime) -> int:
    """Links each appointment of the last weeks to the only visit of its patient on its day; how many. A periodic job.

    Where there are several, it is the one with the same provider; where that leaves several, none.
    """
    rows = Appointment.objects.filter(
        status__in=(Status.ARRIVED, Status.FULFILLED), encounter__isnull=True, starts_at__gt=at - LOOK_BACK
    )
    linked = 0
    for row in rows.select_related("location", "provider").order_by(F("starts_at").desc(), "pk")[:MOST]:
        visit = _visit_of(row)
        if visit is not None:
            row.encounter = visit
            row.save(update_fields=["encounter"])
            linked += 1
    return linked


def _visit_of(row: Appointment) -> Encounter | None:
    midnight = row.local_start.replace(hour=0, minute=0)
    day = Encounter.objects.filter(patient=row.patient_id, entered_in_error=False, part_of__isnull=True)
    found = list(day.filter(effective_start__gte=midnight, effective_start__lt=midnight + dt.timedelta(days=1))[:20])
    if len(found) > 1:
        found = [visit for visit in found if visit.author_id == row.provider.practitioner_id]
    return found[0] if len(found) == 1 else None
