"""What a guest has proved, and asked for: short grants and codes, kept on the server, for paying one bill."""

import datetime as dt
import uuid

from django.db import models

from billing.ledger.models import GuarantorAccount, VisitAccount

LIFETIME = dt.timedelta(minutes=15)
CODE_LIFETIME = dt.timedelta(minutes=15)


class GuestGrantQuerySet(models.QuerySet["GuestGrant"]):
    def active(self, at: dt.datetime) -> "GuestGrantQuerySet":
        return self.filter(expires_at__gt=at)


class GuestGrant(models.Model):
    """That somebody named a number and the guarantor's last name: good for paying this bill for 15 minutes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(GuarantorAccount, on_delete=models.CASCADE, related_name="+")
    visit = models.ForeignKey(VisitAccount, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = GuestGrantQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Guest grant {self.id}"


class GuestCode(models.Model):
    """That a code was asked for, for one bill or for none. The code itself is nowhere (codes.py)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(GuarantorAccount, null=True, on_delete=models.CASCADE, related_name="+")
    visit = models.ForeignKey(VisitAccount, null=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="guest_code_by_end")]

    def __str__(self) -> str:
        return f"Guest code {self.id}"
