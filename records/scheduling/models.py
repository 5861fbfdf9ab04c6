"""What staff keep of visits, providers and their time."""

from records.scheduling.cells import SlotCell
from records.scheduling.providers import Availability, AvailabilityException, Provider
from records.scheduling.visit_types import VisitReason, VisitType

__all__ = ["Availability", "AvailabilityException", "Provider", "SlotCell", "VisitReason", "VisitType"]
