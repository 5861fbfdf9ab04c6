"""How to reach a guest, and the links that open their case."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from messaging.conversations.models import Conversation

# For how long a link works that nobody has opened, and for how long a case stays open in a browser.
LIFETIME, OPEN_FOR = dt.timedelta(days=14), dt.timedelta(hours=1)


class CallWhen(models.TextChoices):
    ANY = "any", _("Any time")
    MORNING = "morning", _("In the morning, 8 to 12")
    AFTERNOON = "afternoon", _("In the afternoon, 12 to 4")
    EVENING = "evening", _("Late in the day, 4 to 6")


class CallBack(models.Model):
    """That whoever wrote would rather be called, where, and when."""

    conversation = models.OneToOneField(Conversation, on_delete=models.PROTECT, related_name="call_back")
    phone = models.CharField(max_length=30)
    call_when = models.CharField(max_length=10, choices=CallWhen, default=CallWhen.ANY)

    def __str__(self) -> str:
        return f"Call back {self.pk}"


class CaseLinkQuerySet(models.QuerySet["CaseLink"]):
    def fresh(self, at: dt.datetime) -> "CaseLinkQuerySet":
        """Those that still let somebody in."""
        return self.filter(used_at__isnull=True, expires_at__gt=at)

    def open(self, at: dt.datetime) -> "CaseLinkQuerySet":
        """Those whose case is open in the browser that used them."""
        return self.filter(used_at__gt=at - OPEN_FOR, used_at__lte=at)


class CaseLink(models.Model):
    """A one-time way into a guest's case, sent to the address they gave. Its token is signed, and kept nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="case_links")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = CaseLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("created_at")), name="case_link_lives"),
        ]

    def __str__(self) -> str:
        return f"Case link {self.pk}"
