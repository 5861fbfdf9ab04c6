"""What kind of visit is looked for, and which one of a patient's it would move."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from records.access.permissions import Permission
from records.access.scope import Scope
from records.appointments import rules
from records.appointments.bookings import Appointment
from records.appointments.rules import Obstacle
from records.scheduling.choices import Booking, Modality
from records.scheduling.visit_types import VisitReason, VisitType


@dataclass(frozen=True)
class Subject:
    """What kind of visit is looked for, why, and which appointment it would move."""

    visit_type: VisitType
    reason: VisitReason | None
    moving: Appointment | None
    obstacle: Obstacle | None
    is_new: bool

    @property
    def modality(self) -> Modality:
        """How it takes place unless somebody chooses otherwise: as the one that it moves."""
        ways = self.visit_type.modalities
        return Modality(self.moving.modality if self.moving and self.moving.modality in ways else ways[0])

    @property
    def query(self) -> dict[str, str]:
        """What the address carries of it: row ids only."""
        named: dict[str, Any] = {"reason": self.reason, "moving": self.moving}
        return {name: str(row.pk) for name, row in named.items() if row} or {"type": str(self.visit_type.pk)}


def subject_of(data: QueryDict, scope: Scope, at: dt.datetime) -> Subject | None:
    """What `?reason=`, `?type=` or `?moving=` names; None when that is nothing this reader is offered."""
    rows: dict[str, QuerySet[Any]] = {
        "moving": Appointment.objects.for_scope(scope).with_parts(),
        "reason": VisitReason.objects.select_related("visit_type").filter(is_bookable=True),
        "type": VisitType.objects.filter(is_active=True),
    }
    name = next((name for name in rows if name in data), "type")
    named = _row(rules.with_standing(rows[name], scope.patient, at), data.get(name))
    if named is None:
        return None
    moving = named if name == "moving" else None
    reason = named.reason if name == "moving" else named if name == "reason" else None
    visit_type = named if name == "type" else named.visit_type
    if visit_type.booking == Booking.STAFF and moving is None:
        return None
    if visit_type.is_sensitive and not scope.may(Permission.SENSITIVE):
        return None
    known = named.is_established
    obstacle = rules.obstacle_ahead(visit_type, scope.patient, established=known, at=at)
    return Subject(visit_type, reason, moving, obstacle, not known)


def _row(rows: Any, key: str | None) -> Any:
    try:
        return rows.filter(pk=uuid.UUID(key)).first() if key else None
    except ValueError:
        return None
