"""Attempts to pay, what the provider took for them, and what it told us."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from billing.ledger.choices import TransactionKind
from billing.ledger.models import GuarantorAccount, LedgerTransaction, VisitAccount
from billing.payments.gateways.protocol import PaymentStatus
from billing.payments.states import UNFINISHED, AttemptState, EventState

MIN_CENTS = 50
MAX_CENTS = 99_999_999
# The one currency of the ledger.
CURRENCY = "usd"


class PayerKind(models.TextChoices):
    USER = "user"
    GUEST = "guest"
    LINK = "link"


class PaymentAttempt(models.Model):
    """Somebody's wish to pay an amount on an account; it becomes money only when the provider says so."""

    State = AttemptState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(GuarantorAccount, on_delete=models.PROTECT, related_name="attempts")
    payer_kind = models.CharField(max_length=10, choices=PayerKind)
    payer_ref = models.UUIDField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_guarantor = models.BooleanField(default=False)
    # As the payer wants the guarantor to know them; empty when they do not.
    payer_name = models.CharField(max_length=60, blank=True)
    amount_cents = models.BigIntegerField()
    receipt_email = models.EmailField(blank=True)
    confirmation = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=20, choices=AttemptState, default=AttemptState.CREATED)
    key_generation = models.PositiveSmallIntegerField(default=1)
    checkout_ref = models.CharField(max_length=200, null=True, blank=True, unique=True)  # noqa: DJ001
    page_url = models.URLField(max_length=1000, blank=True)
    # Where the hosted page leads back to; kept, so that whoever asks for the page asks for the same one.
    cancel_url = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    is_late = models.BooleanField(default=False)
    looked_at = models.DateTimeField(null=True, blank=True)
    # When the payer came back from paying and the provider did not say what became of it; its next answer clears it.
    unanswered_at = models.DateTimeField(null=True, blank=True)
    # When a worker asks for the page that did not come in time; empty where none was told to.
    next_ask_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gte=MIN_CENTS, amount_cents__lte=MAX_CENTS), name="attempt_amount_in_bounds"
            ),
            models.UniqueConstraint(
                fields=["account", "payer_ref"],
                condition=Q(state__in=sorted(UNFINISHED)),
                name="attempt_one_unfinished_per_payer",
            ),
            models.CheckConstraint(
                condition=Q(state=AttemptState.PAID, paid_at__isnull=False) | ~Q(state=AttemptState.PAID),
                name="attempt_paid_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"Payment attempt {self.id}"

    @property
    def key(self) -> str:
        """The idempotency key under which the provider opens this attempt's page."""
        return f"{self.id}:{self.key_generation}"


class AttemptAllocation(models.Model):
    """Which visit the payer meant, and how much of the amount."""

    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="allocations")
    visit = models.ForeignKey(VisitAccount, on_delete=models.PROTECT, related_name="+")
    cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "visit"], name="allocation_once_per_visit"),
            models.CheckConstraint(condition=Q(cents__gt=0), name="allocation_positive"),
        ]

    def __str__(self) -> str:
        return f"Allocation {self.pk}"


class ProviderPaymentQuerySet(models.QuerySet["ProviderPayment"]):
    def unposted(self) -> "ProviderPaymentQuerySet":
        """Money the provider has taken and the ledger does not know; foreign currency waits for staff."""
        posted = LedgerTransaction.objects.filter(
            kind=TransactionKind.PAYMENT, source=OuterRef("provider"), source_ref=OuterRef("ref")
        )
        return self.filter(status=PaymentStatus.SUCCEEDED, currency=CURRENCY).filter(~Exists(posted))


class ProviderPayment(models.Model):
    """Money the provider took, or is taking, under an attempt; there can be several.

    Without an attempt it names one that we do not know: it waits in suspense.
    """

    provider = models.CharField(max_length=20)
    ref = models.CharField(max_length=200)
    attempt = models.ForeignKey(
        PaymentAttempt, null=True, blank=True, on_delete=models.PROTECT, related_name="payments"
    )
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=20)
    method = models.CharField(max_length=40, blank=True)
    last4 = models.CharField(max_length=4, blank=True)
    livemode = models.BooleanField()
    paid_at = models.DateTimeField(null=True, blank=True)

    objects = ProviderPaymentQuerySet.as_manager()

    class Meta:
        permissions = [("place_providerpayment", "Can place a payment of nobody on an account")]
        constraints = [models.UniqueConstraint(fields=["provider", "ref"], name="provider_payment_once")]

    def __str__(self) -> str:
        return f"Provider payment {self.pk}"

    @property
    def account(self) -> GuarantorAccount | None:
        """The account it was meant for; None while nobody knows."""
        return self.attempt.account if self.attempt else None


class ProviderEvent(models.Model):
    """A notice the provider sent: stored once, applied by a worker that reads the provider."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=200)
    type = models.CharField(max_length=100)
    checkout_ref = models.CharField(max_length=200, blank=True)
    payment_ref = models.CharField(max_length=200, blank=True)
    livemode = models.BooleanField()
    state = models.CharField(max_length=20, choices=EventState, default=EventState.RECEIVED)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField()
    next_try_at = models.DateTimeField()

    class Meta:
        ordering = ["-received_at"]
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="provider_event_once")]

    def __str__(self) -> str:
        return f"Provider event {self.pk}"
