"""What is taken: one row for each five minutes of a provider, unique on every database.

This is what makes double booking impossible: an exclusion constraint would do so on PostgreSQL alone.
"""

import datetime as dt
import uuid
from collections.abc import Iterator

from django.db import IntegrityError, models, transaction
from django.db.models import Q

from records.scheduling.grid import is_on_grid
from records.scheduling.providers import Provider
from records.scheduling.visit_types import CELL_MINUTES

CELL = dt.timedelta(minutes=CELL_MINUTES)


class Taken(Exception):
    """Somebody else has the time, or a part of it."""


class OffGrid(ValueError):
    """A time that is no multiple of five minutes: the cells of two such visits would not meet."""


class SlotCellQuerySet(models.QuerySet["SlotCell"]):
    def standing(self, at: dt.datetime) -> "SlotCellQuerySet":
        """Without those that were held for a while which is over."""
        return self.filter(Q(held_until__isnull=True) | Q(held_until__gt=at))

    def between(self, start: dt.datetime, end: dt.datetime) -> "SlotCellQuerySet":
        return self.filter(starts_at__gte=start, starts_at__lt=end)


class SlotCell(models.Model):
    """Five minutes of a provider that belong to one appointment, for good or until `held_until`."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="cells")
    starts_at = models.DateTimeField()
    appointment = models.ForeignKey("records.Appointment", on_delete=models.CASCADE, related_name="cells")
    held_until = models.DateTimeField(null=True, blank=True)

    objects = SlotCellQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "starts_at"], name="slotcell_once")]

    def __str__(self) -> str:
        return f"Slot cell {self.pk}"


def cells_of(start: dt.datetime, end: dt.datetime) -> Iterator[dt.datetime]:
    """The beginnings of the cells from `start` to `end`; both lie on the grid."""
    while start < end:
        yield start
        start += CELL


def take(
    *,
    provider_id: uuid.UUID,
    start: dt.datetime,
    end: dt.datetime,
    appointment_id: uuid.UUID,
    at: dt.datetime,
    held_until: dt.datetime | None = None,
) -> None:
    """Takes a provider's time for an appointment, over holds that have run out.

    Raises Taken and OffGrid, having changed nothing.
    """
    if not is_on_grid(start) or not is_on_grid(end):
        raise OffGrid(f"{start} {end}")
    rows = [
        SlotCell(provider_id=provider_id, starts_at=cell, appointment_id=appointment_id, held_until=held_until)
        for cell in cells_of(start, end)
    ]
    try:
        with transaction.atomic():
            run_out = SlotCell.objects.filter(provider=provider_id, held_until__lte=at)
            run_out.between(start, end).delete()
            SlotCell.objects.bulk_create(rows)
    except IntegrityError as error:
        raise Taken(f"{provider_id} {start:%Y-%m-%dT%H:%M}") from error


def keep(*, appointment_id: uuid.UUID, start: dt.datetime, end: dt.datetime) -> None:
    """What was held belongs to the appointment for good. Raises Taken when a part of it ran out and was taken."""
    kept = SlotCell.objects.filter(appointment=appointment_id).between(start, end).update(held_until=None)
    if kept != len(list(cells_of(start, end))):
        raise Taken(str(appointment_id))


def release(*, appointment_id: uuid.UUID) -> None:
    SlotCell.objects.filter(appointment=appointment_id).delete()
