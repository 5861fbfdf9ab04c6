"""What billing staff have to decide or mend: opened once per cause, by whatever meets it."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from billing.ledger.choices import WorkKind
from billing.ledger.models import GuarantorAccount, VisitAccount


class WorkItem(models.Model):
    """Something billing staff have to decide or mend."""

    Kind = WorkKind

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=30, choices=WorkKind)
    cause = models.CharField(max_length=500)
    account = models.ForeignKey(GuarantorAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(VisitAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Whose money it is about, and how much of it, where that is known.
    payment_ref = models.CharField(max_length=200, blank=True)
    amount_cents = models.BigIntegerField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "cause"], name="work_item_once_per_cause"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="work_item_done_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return f"Work item {self.id}"


def open_work_item(
    *,
    kind: WorkKind,
    cause: str,
    at: dt.datetime,
    account: GuarantorAccount | None = None,
    visit: VisitAccount | None = None,
    note: str = "",
    amount_cents: int | None = None,
    payment_ref: str = "",
) -> None:
    """Puts something before billing staff; the same cause again changes nothing."""
    item = WorkItem(
        kind=kind,
        cause=cause,
        account=account,
        visit=visit,
        note=note,
        amount_cents=amount_cents,
        payment_ref=payment_ref,
        created_at=at,
    )
    WorkItem.objects.bulk_create([item], ignore_conflicts=True)
