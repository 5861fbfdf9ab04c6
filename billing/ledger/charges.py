"""What a visit cost, line by line, and what insurers decided about each line."""

import uuid

from django.db import models

from billing.ledger.models import VisitAccount


class Charge(models.Model):
    """One line of a visit account, in our own words; CPT texts never come with the portal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(VisitAccount, on_delete=models.PROTECT, related_name="charges")
    line = models.PositiveSmallIntegerField()
    code_system = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40, blank=True)
    description = models.CharField(max_length=300)
    service_date = models.DateField()
    cents = models.BigIntegerField()
    is_sensitive = models.BooleanField(default=False)
    is_adjudicated = models.BooleanField(default=True)

    class Meta:
        ordering = ["line"]
        permissions = [("deny_charge", "Can say what follows from an insurer’s denial")]
        constraints = [models.UniqueConstraint(fields=["visit", "line"], name="charge_line_once")]

    def __str__(self) -> str:
        return f"Charge {self.id}"


class AdjudicationQuerySet(models.QuerySet["Adjudication"]):
    def in_force(self) -> "AdjudicationQuerySet":
        """Without the decisions that the insurer took back."""
        return self.filter(transaction__reversed_by__isnull=True)


class Adjudication(models.Model):
    """What the insurer decided about one line: its payment, the discount, and the patient's share."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="adjudications")
    payer_name = models.CharField(max_length=200)
    decided_date = models.DateField()
    insurance_cents = models.BigIntegerField(default=0)
    discount_cents = models.BigIntegerField(default=0)
    deductible_cents = models.BigIntegerField(default=0)
    copay_cents = models.BigIntegerField(default=0)
    coinsurance_cents = models.BigIntegerField(default=0)
    not_covered_cents = models.BigIntegerField(default=0)
    transaction = models.OneToOneField("LedgerTransaction", on_delete=models.PROTECT, related_name="adjudication")

    objects = AdjudicationQuerySet.as_manager()

    class Meta:
        ordering = ["decided_date", "id"]

    def __str__(self) -> str:
        return f"Adjudication {self.id}"

    @property
    def patient_cents(self) -> int:
        return self.deductible_cents + self.copay_cents + self.coinsurance_cents + self.not_covered_cents

    @property
    def total_cents(self) -> int:
        return self.insurance_cents + self.discount_cents + self.patient_cents
