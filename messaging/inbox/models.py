"""What staff answer with, and what they write first: texts with fields, for one patient or for a list."""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from messaging.conversations.models import SUBJECT_LENGTH
from messaging.inbox.fields import FIELDS, unknown_fields
from messaging.pools.choices import Topic
from messaging.pools.models import Pool
from records.models import Gender


def known_fields_only(body: str) -> None:
    unknown = unknown_fields(body)
    if unknown:
        raise ValidationError(
            _("There is no field %(unknown)s. There are: %(known)s."),
            params={"unknown": ", ".join(unknown), "known": ", ".join(f"{{{name}}}" for name in FIELDS)},
        )


class ReplyTemplate(models.Model):
    """A text that a pool answers with often; its fields are filled in when it is picked (fields.py)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="reply_templates")
    name = models.CharField(max_length=100)
    body = models.TextField(max_length=5000, validators=[known_fields_only])

    class Meta:
        ordering = ["pool__name", "name"]
        constraints = [models.UniqueConstraint(fields=["pool", "name"], name="reply_template_once_per_pool")]

    def __str__(self) -> str:
        return self.name


class PatientFilter(models.Model):
    """A saved way to say whom the clinic writes to: living patients who meet every condition that is set."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100, unique=True)
    age_from = models.PositiveSmallIntegerField(null=True, blank=True)
    age_to = models.PositiveSmallIntegerField(null=True, blank=True)
    gender = models.CharField(max_length=10, choices=Gender, blank=True)
    not_seen_for_months = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Mailing(models.Model):
    """What the clinic writes first, to one patient or to many; each gets a conversation of their own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    once = models.UUIDField(unique=True)
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="+")
    topic = models.CharField(max_length=20, choices=Topic)
    subject = models.CharField(max_length=SUBJECT_LENGTH)
    body = models.TextField(max_length=5000, validators=[known_fields_only])
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"Mailing {self.pk}"


class MailingRecipient(models.Model):
    """A patient whom a mailing goes to, once; its conversation when it went."""

    mailing = models.ForeignKey(Mailing, on_delete=models.PROTECT, related_name="recipients")
    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="+")
    conversation = models.OneToOneField(
        "messaging.Conversation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["mailing", "patient"], name="mailing_once_per_patient")]
        indexes = [
            models.Index(fields=["mailing"], condition=Q(conversation__isnull=True), name="mailing_not_sent"),
        ]

    def __str__(self) -> str:
        return f"Mailing recipient {self.pk}"
