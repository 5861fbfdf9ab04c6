"""Locks in one order everywhere: the appointment that is moved, the one that takes its place, then an offer."""

import uuid

from django.db.models import QuerySet

from records.appointments.bookings import Appointment


def locked(appointment_id: uuid.UUID) -> Appointment:
    """The appointment, locked until the transaction ends. Raises Appointment.DoesNotExist."""
    return _rows().get(pk=appointment_id)


def locked_with_old(appointment_id: uuid.UUID) -> tuple[Appointment, Appointment | None]:
    """The appointment and the one it moves, both locked. Raises Appointment.DoesNotExist."""
    old_id = Appointment.objects.values_list("replaces", flat=True).get(pk=appointment_id)
    old = locked(old_id) if old_id else None
    return locked(appointment_id), old


def _rows() -> QuerySet[Appointment]:
    rows: QuerySet[Appointment] = Appointment.objects.select_for_update(of=("self",))
    return rows.select_related("visit_type", "location", "patient")
