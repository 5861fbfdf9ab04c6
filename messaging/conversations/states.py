"""Whose turn it is in a conversation, and how far the clinic has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    CLINIC = "clinic", _("Waiting for the clinic")
    YOU = "you", _("Waiting for you")
    CLOSED = "closed", _("Closed")


class Progress(models.TextChoices):
    """Like a parcel's: what the people who wrote see."""

    RECEIVED = "received", _("Received")
    ASSIGNED = "assigned", _("Assigned")
    ANSWERING = "answering", _("Being answered")
    ANSWERED = "answered", _("Answered")


class EventKind(models.TextChoices):
    RECEIVED = "received", _("Received")
    ASSIGNED = "assigned", _("Assigned")
    HANDED_OVER = "handed_over", _("Handed over")
    ANSWERED = "answered", _("Answered")
    ESCALATED = "escalated", _("Late: passed on")
    CLOSED = "closed", _("Closed")
    REOPENED = "reopened", _("Opened again")
    URGENT = "urgent", _("Marked urgent")
    NOT_URGENT = "not_urgent", _("No longer urgent")
    QUEUED = "queued", _("Became work elsewhere")


class Author(models.TextChoices):
    PATIENT = "patient", _("Patient")
    PROXY = "proxy", _("On the patient’s behalf")
    PERSON = "person", _("Customer")
    GUEST = "guest", _("Guest")
    STAFF = "staff", _("Clinic")
