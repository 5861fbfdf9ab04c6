"""What reconciliation found, for staff to read."""

from django.db import models


class ReconciliationRun(models.Model):
    """One comparison with the provider. `problems` names, line by line, what could not be read or mended."""

    provider = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    # Up to where the provider's notices and checkouts were read; the next run begins before it.
    is_whole = models.BooleanField(default=False)
    looked = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    notices = models.PositiveIntegerField(default=0)
    orphans = models.PositiveIntegerField(default=0)
    unposted = models.PositiveIntegerField(default=0)
    refunds = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    problems = models.TextField(blank=True)

    # While it runs: how many requests in a row had no answer.
    unanswered = 0

    class Meta:
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["provider", "-started_at"], name="reconciliation_newest_first")]

    def __str__(self) -> str:
        return f"Reconciliation {self.pk}"


class DailyTotal(models.Model):
    """What the provider and the ledger say of one day, in the clinic's time zone."""

    provider = models.CharField(max_length=20)
    day = models.DateField()
    provider_cents = models.BigIntegerField()
    ledger_cents = models.BigIntegerField()
    compared_at = models.DateTimeField()

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["provider", "day"], name="daily_total_once")]

    def __str__(self) -> str:
        return f"Daily total {self.day}"

    @property
    def difference_cents(self) -> int:
        return self.provider_cents - self.ledger_cents
