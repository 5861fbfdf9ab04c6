"""How far an appointment has come, and what can follow; only actions move it."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """FHIR's AppointmentStatus (https://hl7.org/fhir/R4/valueset-appointmentstatus.html)."""

    HELD = "pending", _("Held while it is confirmed")
    BOOKED = "booked", _("Booked")
    ARRIVED = "arrived", _("Arrived")
    FULFILLED = "fulfilled", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    NO_SHOW = "noshow", _("Missed")


NEXT: Mapping[Status, frozenset[Status]] = {
    Status.HELD: frozenset({Status.BOOKED, Status.CANCELLED}),
    Status.BOOKED: frozenset({Status.ARRIVED, Status.CANCELLED, Status.NO_SHOW}),
    Status.ARRIVED: frozenset({Status.FULFILLED, Status.BOOKED}),
    Status.FULFILLED: frozenset({Status.ARRIVED}),
    Status.CANCELLED: frozenset(),
    Status.NO_SHOW: frozenset({Status.BOOKED, Status.ARRIVED}),
}


class EventKind(models.TextChoices):
    BOOKED = "booked", _("Booked")
    MOVED = "moved", _("Moved to another time")
    CONFIRMED = "confirmed", _("Confirmed: you are coming")
    CANCELLED = "cancelled", _("Cancelled")
    ARRIVED = "arrived", _("Arrived")
    FULFILLED = "fulfilled", _("Done")
    NO_SHOW = "noshow", _("Missed")
    CORRECTED = "corrected", _("Put right by staff")


class CancelReason(models.TextChoices):
    BETTER = "better", _("I feel better, I no longer need it")
    TIME = "time", _("The time does not suit me")
    TRANSPORT = "transport", _("I cannot get there")
    COST = "cost", _("The cost")
    ELSEWHERE = "elsewhere", _("I go somewhere else")
    OTHER = "other", _("Another reason")
    CLINIC = "clinic", _("The clinic had to cancel")


class RequestState(models.TextChoices):
    OPEN = "open", _("Waiting for the clinic")
    BOOKED = "booked", _("Booked")
    DECLINED = "declined", _("Answered without an appointment")
    CANCELLED = "cancelled", _("Taken back")


class OfferState(models.TextChoices):
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Taken")
    DECLINED = "declined", _("Not wanted")
    EXPIRED = "expired", _("Time ran out")
    WITHDRAWN = "withdrawn", _("No longer there")
