"""What people can be told about, how, and when."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """What somebody can choose about; kinds without a category are always sent at once."""

    RESULTS = "results", _("New test results")
    MESSAGES = "messages", _("Messages")
    BILLS = "bills", _("Bills and statements")
    REFILLS = "refills", _("Refills")
    APPOINTMENTS = "appointments", _("Appointments")
    REMINDERS = "reminders", _("Health reminders")


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")
    PORTAL = "portal", _("In the portal")


class Mode(models.TextChoices):
    NOW = "now", _("At once")
    DIGEST = "digest", _("Once a day")
    OFF = "off", _("Never")


# What everybody begins with. The portal's own list is always kept: it needs no choice.
DEFAULTS = {Channel.EMAIL: Mode.NOW, Channel.SMS: Mode.OFF}


class State(models.TextChoices):
    QUEUED = "queued", _("Queued")
    HELD = "held", _("Waits for the day’s summary")
    SENT = "sent", _("Sent")
    SUPPRESSED = "suppressed", _("Not sent: the address does not work")
    DEAD = "dead", _("Given up")
