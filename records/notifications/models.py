"""What people were told: one row per cause, person and channel."""

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.db import models

from records.notifications.choices import Category, Channel, Mode, State


class NotificationQuerySet(models.QuerySet["Notification"]):
    def due(self, at: dt.datetime) -> "NotificationQuerySet":
        return self.filter(state=State.QUEUED, next_try_at__lte=at)

    def unread_of(self, user: Any, at: dt.datetime) -> "NotificationQuerySet":
        """What the bell counts: the list in the portal, as far as it was not opened."""
        return self.in_portal(user, at).filter(read_at__isnull=True)

    def in_portal(self, user: Any, at: dt.datetime) -> "NotificationQuerySet":
        """Without what can still be taken back by who caused it."""
        return self.filter(user=user, channel=Channel.PORTAL, created_at__lte=at)


class Notification(models.Model):
    """One message to one address about one cause, by one channel. E-mail at least once, under one Message-ID.

    `context` feeds the template and never holds health information; `path` is where the portal's list leads.
    """

    Channel = Channel
    State = State

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    cause = models.CharField(max_length=100)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    address = models.CharField(max_length=254, blank=True)
    path = models.CharField(max_length=200, blank=True)
    context = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    provider_ref = models.CharField(max_length=100, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "cause", "channel", "address"], name="notification_once_per_cause"),
            models.CheckConstraint(
                condition=models.Q(state=State.SENT, sent_at__isnull=False)
                | (~models.Q(state=State.SENT) & models.Q(sent_at__isnull=True)),
                name="notification_sent_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(state="queued"), name="notification_due"),
            models.Index(
                fields=["user", "-created_at"], condition=models.Q(channel="portal"), name="notification_in_portal"
            ),
            models.Index(fields=["user"], condition=models.Q(state="held"), name="notification_held"),
        ]

    def __str__(self) -> str:
        return f"Notification {self.id}"

    @property
    def message_id(self) -> str:
        """The same for every try, so that a mail sent twice is one mail to the reader."""
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
        return f"<{self.id}@{domain}>"


class ChannelChoice(models.Model):
    """How somebody wants to be told about a category; without a row the default holds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="channel_choices")
    category = models.CharField(max_length=20, choices=Category)
    channel = models.CharField(max_length=10, choices=Channel)
    mode = models.CharField(max_length=10, choices=Mode)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "category", "channel"], name="channel_choice_once")]

    def __str__(self) -> str:
        return f"Channel choice {self.pk}"


class Preferences(models.Model):
    """A mobile number that was proved, and when not to be disturbed (in the clinic's time zone)."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    phone = models.CharField(max_length=20, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "preferences"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_hours_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"Preferences {self.pk}"


class PhoneProof(models.Model):
    """That somebody wants texts at a number; the code sent there follows from this row (derived_codes.py)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    phone = models.CharField(max_length=20)
    created_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Phone proof {self.id}"


class Suppression(models.Model):
    """An address that gave everything back, or that asked for no more: nothing is sent there."""

    channel = models.CharField(max_length=10, choices=Channel)
    address = models.CharField(max_length=254)
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "address"], name="suppression_once")]

    def __str__(self) -> str:
        return f"Suppression {self.pk}"
