"""Who owes what: guarantors, their accounts and visit accounts, and the ledger’s transactions and entries."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.ledger import numbers
from billing.ledger.choices import (
    VISIT_BUCKETS,
    AccessRole,
    AccountKind,
    BillType,
    Bucket,
    Hold,
    Standing,
    TransactionKind,
)


class Guarantor(models.Model):
    """The person responsible for paying, who need not be a patient nor have a sign-in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    given_name = models.CharField(max_length=200, blank=True)
    family_name = models.CharField(max_length=200)
    patient = models.ForeignKey("records.Patient", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(blank=True)

    def __str__(self) -> str:
        return f"Guarantor {self.id}"

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


class GuarantorNameKey(models.Model):
    """A last name, present or former, under which the guarantor is found (names.py)."""

    guarantor = models.ForeignKey(Guarantor, on_delete=models.CASCADE, related_name="name_keys")
    key = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["guarantor", "key"], name="guarantor_name_key_once"),
            models.CheckConstraint(condition=~Q(key=""), name="guarantor_name_key_not_empty"),
        ]

    def __str__(self) -> str:
        return f"Name key {self.pk}"


class GuarantorAccount(models.Model):
    """A guarantor's account with the organisation; one person can hold several."""

    Kind = AccountKind
    Standing = Standing

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guarantor = models.ForeignKey(Guarantor, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=20, choices=AccountKind, default=AccountKind.PERSONAL)
    standing = models.CharField(max_length=20, choices=Standing, default=Standing.OPEN)
    credit_cents = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(credit_cents__gte=0), name="account_credit_not_negative"),
            models.CheckConstraint(
                condition=Q(guarantor__isnull=False) | Q(standing=Standing.GUARANTOR_NEEDED),
                name="account_has_guarantor_or_says_so",
            ),
        ]

    def __str__(self) -> str:
        return f"Guarantor account {self.id}"

    @property
    def addressee(self) -> str:
        """Whom letters and statements name; empty while a guarantor is needed."""
        if self.guarantor is None:
            return ""
        if self.standing == Standing.ESTATE:
            return _("Estate of %(name)s") % {"name": self.guarantor.full_name}
        return self.guarantor.full_name


class GuarantorAccessQuerySet(models.QuerySet["GuarantorAccess"]):
    def active(self) -> "GuarantorAccessQuerySet":
        return self.filter(revoked_at__isnull=True, user__is_active=True, user__is_staff=False)


class GuarantorAccess(models.Model):
    """That a person who signs in may pay on an account: the only thing that decides paying."""

    Role = AccessRole

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="guarantor_access")
    account = models.ForeignKey(GuarantorAccount, on_delete=models.PROTECT, related_name="access")
    role = models.CharField(max_length=20, choices=AccessRole, default=AccessRole.GUARANTOR)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Why, where staff ended it.
    revoke_reason = models.CharField(max_length=300, blank=True)

    objects = GuarantorAccessQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "guarantor access"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "account"], condition=Q(revoked_at__isnull=True), name="guarantor_access_once_active"
            ),
        ]

    def __str__(self) -> str:
        return f"Access {self.pk}"


class Episode(models.Model):
    """What belongs together for the patient though it is billed apart: hospital and physicians of one event."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"Episode {self.id}"


class VisitAccountQuerySet(models.QuerySet["VisitAccount"]):
    def on_the_bill(self) -> "VisitAccountQuerySet":
        """Without confidential visits, which stay off account, total and statement until staff decide who pays."""
        return self.exclude(hold=Hold.CONFIDENTIAL)

    def unpaid(self) -> "VisitAccountQuerySet":
        return self.filter(patient_cents__gt=0)


class VisitAccount(models.Model):
    """The charges of one visit, grouped for insurance; belongs to one guarantor account and one patient.

    `insurer_cents` waits for the insurer and `patient_cents` is owed; both are projections of the ledger,
    written by `ledger.posting.post` alone, like `billed_cents`, `discount_cents` and `insurance_cents`.
    `deposit_cents` was paid before the insurer decided.
    """

    Hold = Hold
    BillType = BillType

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(GuarantorAccount, on_delete=models.PROTECT, related_name="visits")
    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="+")
    encounter = models.ForeignKey(
        "records.Encounter", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    coverage = models.ForeignKey("records.Coverage", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    episode = models.ForeignKey(Episode, null=True, blank=True, on_delete=models.PROTECT, related_name="visits")
    # Whom the charges wait for where only its name is known, not the coverage.
    payer_name = models.CharField(max_length=200, blank=True)
    bill_type = models.CharField(max_length=20, choices=BillType, default=BillType.HOSPITAL)
    title = models.CharField(max_length=200)
    place = models.CharField(max_length=200, blank=True)
    service_date = models.DateField()
    is_sensitive = models.BooleanField(default=False)
    hold = models.CharField(max_length=20, choices=Hold, default=Hold.NONE, blank=True)
    insurer_cents = models.BigIntegerField(default=0)
    patient_cents = models.BigIntegerField(default=0)
    billed_cents = models.BigIntegerField(default=0)
    discount_cents = models.BigIntegerField(default=0)
    insurance_cents = models.BigIntegerField(default=0)
    deposit_cents = models.BigIntegerField(default=0)
    paid_cents = models.BigIntegerField(default=0)
    source = models.CharField(max_length=255, blank=True)
    source_ref = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = VisitAccountQuerySet.as_manager()

    class Meta:
        ordering = ["-service_date", "id"]
        permissions = [("deposit_visitaccount", "Can take down what was paid before the insurer decided")]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_ref"], condition=~Q(source_ref=""), name="visit_account_once_per_source"
            ),
        ]
        indexes = [models.Index(fields=["account", "-service_date"], name="visit_by_account_and_date")]

    def __str__(self) -> str:
        return f"Visit account {self.id}"

    @property
    def is_covered(self) -> bool:
        """Whether charges wait for an insurer before anybody owes them."""
        return self.coverage_id is not None or self.payer_name != ""


class AccountNumber(models.Model):
    """A number printed on statements: a credential, never in an address. One namespace for both kinds."""

    number = models.CharField(max_length=20, primary_key=True)
    account = models.OneToOneField(
        GuarantorAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="account_number"
    )
    visit = models.OneToOneField(
        VisitAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="account_number"
    )
    is_imported = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=True, visit__isnull=False) | Q(account__isnull=False, visit__isnull=True),
                name="account_number_names_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return numbers.grouped(self.number)


class LedgerTransaction(models.Model):
    """Entries that belong together and add up to zero. Never changed; corrected by a reversing one."""

    Kind = TransactionKind

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=TransactionKind)
    source = models.CharField(max_length=60)
    source_ref = models.CharField(max_length=200)
    account = models.ForeignKey(
        GuarantorAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="transactions"
    )
    entry_count = models.PositiveSmallIntegerField()
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by")
    attempt_id = models.UUIDField(null=True, blank=True)
    # Paid by somebody else than the guarantor: what is over goes back to them (payments.md §4).
    is_third_party = models.BooleanField(default=False)
    livemode = models.BooleanField(default=False)
    effective_date = models.DateField()
    posted_at = models.DateTimeField()

    class Meta:
        ordering = ["-posted_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "source", "source_ref"], name="ledger_posts_each_source_once"),
            models.CheckConstraint(condition=Q(entry_count__gte=2), name="ledger_has_two_sides"),
        ]

    def __str__(self) -> str:
        return f"Ledger transaction {self.id}"


class LedgerEntry(models.Model):
    """One side of a transaction, in cents: debits positive, credits negative.

    `payment_ref` says whose money it is that moves: all entries of one payment add up to where it stands now.
    """

    Bucket = Bucket

    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="entries")
    bucket = models.CharField(max_length=20, choices=Bucket)
    account = models.ForeignKey(GuarantorAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(VisitAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="entries")
    payment_ref = models.CharField(max_length=200, blank=True)
    cents = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "ledger entries"
        constraints = [
            models.CheckConstraint(condition=~Q(cents=0), name="ledger_entry_not_zero"),
            models.CheckConstraint(
                condition=Q(bucket__in=VISIT_BUCKETS, visit__isnull=False)
                | (~Q(bucket__in=VISIT_BUCKETS) & Q(visit__isnull=True))
                | Q(bucket__in=[Bucket.REVENUE, Bucket.INSURANCE, Bucket.ADJUSTMENT, Bucket.WRITEOFF]),
                name="ledger_entry_names_its_visit",
            ),
            models.CheckConstraint(
                condition=~Q(bucket=Bucket.CREDIT) | Q(account__isnull=False), name="ledger_credit_names_its_account"
            ),
            models.CheckConstraint(
                condition=~Q(bucket=Bucket.REFUNDABLE) | ~Q(payment_ref=""), name="ledger_refundable_names_its_payment"
            ),
        ]
        indexes = [
            models.Index(fields=["payment_ref"], condition=~Q(payment_ref=""), name="ledger_entry_by_payment"),
            # The few that staff look for: money that waits to go back, or to be placed.
            models.Index(
                fields=["bucket", "payment_ref"],
                condition=Q(bucket__in=[Bucket.REFUNDABLE, Bucket.SUSPENSE]),
                name="ledger_entry_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"Ledger entry {self.pk}"
