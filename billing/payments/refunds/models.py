"""Refunds, as we asked for them and as the provider carried them out."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from billing.payments.models import ProviderPayment
from billing.payments.refunds.states import VOID, RefundReason, RefundState


class RefundQuerySet(models.QuerySet["Refund"]):
    def counted(self) -> "RefundQuerySet":
        """Those whose money is gone or may go: they lower what can still be refunded."""
        return self.exclude(state__in=VOID)


class Refund(models.Model):
    """Part or all of one payment, sent back. Its id is all that the provider learns of us."""

    State = RefundState
    Reason = RefundReason

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(ProviderPayment, on_delete=models.PROTECT, related_name="refunds")
    amount_cents = models.BigIntegerField()
    reason = models.CharField(max_length=20, choices=RefundReason)
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=20, choices=RefundState)
    ref = models.CharField(max_length=200, null=True, blank=True, unique=True)  # noqa: DJ001
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=300, blank=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at"]
        permissions = [("approve_refund", "Can approve a refund that somebody else asked for")]
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="refund_positive"),
            models.CheckConstraint(
                condition=Q(requested_by__isnull=False) | Q(reason=RefundReason.OUTSIDE),
                name="refund_asked_by_somebody_or_outside",
            ),
        ]

    def __str__(self) -> str:
        return f"Refund {self.id}"

    @property
    def key(self) -> str:
        """The idempotency key: one for the life of the refund, never a fresh one for money (payments.md §7)."""
        return f"refund:{self.id}"
