"""How a visit takes place, who books it, and what changes a provider's week."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Modality(models.TextChoices):
    IN_PERSON = "in_person", _("In person")
    VIDEO = "video", _("Video")
    PHONE = "phone", _("Phone")


class Booking(models.TextChoices):
    """Who picks the time."""

    SELF = "self", _("Patients book it themselves")
    REQUEST = "request", _("Patients ask, staff book it")
    STAFF = "staff", _("Staff only; patients do not see it")


class Standing(models.TextChoices):
    """Whether the clinic has seen the patient within the last three years, as CPT counts it."""

    ANY = "any", _("New and established patients")
    NEW = "new", _("New patients only")
    ESTABLISHED = "established", _("Established patients only")


class ExceptionKind(models.TextChoices):
    AWAY = "away", _("Away: nothing can be booked")
    EXTRA = "extra", _("Extra hours")
    RESERVED = "reserved", _("Kept for certain visit types")


class TimeOfDay(models.TextChoices):
    """By the clock of the place."""

    MORNING = "morning", _("Morning, before 12")
    AFTERNOON = "afternoon", _("Afternoon, 12 to 5")
    EVENING = "evening", _("Evening, after 5")
