"""Pools of staff, what goes to which, and who is away."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from messaging.pools.choices import Topic


class Pool(models.Model):
    """Staff who read the same conversations, and what they promise."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100, unique=True)
    # Shown to those who write: "Nurses of Larkspur Family Medicine".
    described_as = models.CharField(max_length=200)
    answer_days = models.PositiveSmallIntegerField(default=2)
    may_be_billed = models.BooleanField(default=False)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RoutingRule(models.Model):
    """What goes to a pool: a topic, a care team, a word in the text, or any of them together. The first that fits."""

    order = models.PositiveSmallIntegerField(default=100)
    topic = models.CharField(max_length=20, choices=Topic, blank=True)
    team_name = models.CharField(max_length=200, blank=True)
    word = models.CharField(max_length=100, blank=True)
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="rules")

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return f"Routing rule {self.pk}"


class Absence(models.Model):
    """That somebody is away: what is assigned to them goes to a colleague, or back to the pool."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    forward_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="absence_ends_after_start"),
            models.CheckConstraint(condition=~Q(forward_to=F("user")), name="absence_forwards_to_another"),
        ]

    def __str__(self) -> str:
        return f"Absence {self.pk}"
