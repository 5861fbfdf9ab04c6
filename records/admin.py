"""Registers every feature's admin."""

from records.access import admin as access
from records.appointments import admin as appointments
from records.approvals import admin as approvals
from records.chart import admin as chart
from records.checkin import admin as checkin
from records.documents import admin as documents
from records.hours import admin as hours
from records.interop import admin as interop
from records.notifications import admin as notifications
from records.patients import admin as patients
from records.refills import admin as refills
from records.results import admin as results
from records.scheduling import admin as scheduling

__all__ = [
    "access",
    "appointments",
    "approvals",
    "chart",
    "checkin",
    "documents",
    "hours",
    "interop",
    "notifications",
    "patients",
    "refills",
    "results",
    "scheduling",
]
