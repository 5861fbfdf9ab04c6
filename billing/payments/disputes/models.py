"""What banks asked back, and how it ended."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.payments.models import ProviderPayment


class DisputeState(models.TextChoices):
    """As the provider says; its word is taken at every reading (payments.md §6)."""

    WARNING = "warning", _("The bank asks")
    OPEN = "open", _("To be answered")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    PREVENTED = "prevented", _("Ended before it began")


ENDED = frozenset({DisputeState.WON, DisputeState.LOST, DisputeState.PREVENTED})


class DisputeQuerySet(models.QuerySet["Dispute"]):
    def standing(self) -> "DisputeQuerySet":
        """Those that keep money from us."""
        return self.filter(is_withdrawn=True)


class Dispute(models.Model):
    """One chargeback of one payment. `is_withdrawn`: the provider holds, or the bank keeps, the money."""

    State = DisputeState

    payment = models.ForeignKey(ProviderPayment, on_delete=models.PROTECT, related_name="disputes")
    ref = models.CharField(max_length=200, unique=True)
    amount_cents = models.BigIntegerField()
    state = models.CharField(max_length=20, choices=DisputeState)
    reason = models.CharField(max_length=100, blank=True)
    is_withdrawn = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        verbose_name = "chargeback"
        constraints = [models.CheckConstraint(condition=Q(amount_cents__gt=0), name="dispute_positive")]

    def __str__(self) -> str:
        return f"Chargeback {self.pk}"
