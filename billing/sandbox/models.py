"""What the provider keeps: pages, payments tried on them, money that went back, and notices it sends."""

import datetime as dt

from django.db import models
from django.db.models import Q

from billing.sandbox import refs
from billing.sandbox.methods import LAST4, REASONS, Method
from billing.sandbox.states import OF_PAYMENT, CheckoutStatus, DisputeStatus, EventType, PaymentStatus, RefundStatus


class Checkout(models.Model):
    """A hosted page for one amount. The merchant's key opens it once, whatever is asked again under that key."""

    Status = CheckoutStatus

    ref = models.CharField(max_length=60, primary_key=True, default=refs.checkout, editable=False)
    key = models.CharField(max_length=200, unique=True)
    attempt_id = models.UUIDField()
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    product_name = models.CharField(max_length=200)
    success_url = models.CharField(max_length=1000)
    cancel_url = models.CharField(max_length=1000)
    status = models.CharField(max_length=20, choices=CheckoutStatus, default=CheckoutStatus.OPEN)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_cents__gt=0), name="sandbox_checkout_positive")]

    def __str__(self) -> str:
        return self.ref

    def is_over(self, at: dt.datetime) -> bool:
        """Whether an open page has run out of time, though nobody has noted it yet."""
        return self.status == CheckoutStatus.OPEN and self.expires_at <= at


class Payment(models.Model):
    """One try to pay on a page. `decides_at` is when the payer's bank will say yes or no."""

    Status = PaymentStatus

    ref = models.CharField(max_length=60, unique=True, default=refs.payment, editable=False)
    checkout = models.ForeignKey(Checkout, on_delete=models.CASCADE, related_name="payments")
    method = models.CharField(max_length=20, choices=Method)
    status = models.CharField(max_length=20, choices=PaymentStatus)
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField()
    decides_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=PaymentStatus.SUCCEEDED, paid_at__isnull=False)
                | (~Q(status=PaymentStatus.SUCCEEDED) & Q(paid_at__isnull=True)),
                name="sandbox_payment_paid_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def last4(self) -> str:
        return LAST4[Method(self.method)]

    @property
    def reason(self) -> str:
        """Why nothing was paid, in words for the payer."""
        return str(REASONS.get(Method(self.method), ""))


class Refund(models.Model):
    """Money sent back. `decides_at` is when the payer's bank will say what became of it.

    `sent_at` and `returned_at` are when the money left our balance and came back to it. One made at the
    provider's own desk has neither key nor `refund_id`.
    """

    Status = RefundStatus

    ref = models.CharField(max_length=60, unique=True, default=refs.refund, editable=False)
    key = models.CharField(max_length=200, null=True, blank=True, unique=True)  # noqa: DJ001
    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="refunds")
    refund_id = models.UUIDField(null=True, blank=True)
    amount_cents = models.BigIntegerField()
    status = models.CharField(max_length=20, choices=RefundStatus)
    failure = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()
    decides_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(amount_cents__gt=0), name="sandbox_refund_positive")]

    def __str__(self) -> str:
        return self.ref


class Dispute(models.Model):
    """The payer's bank asks the money back; `withdrawn_at` and `returned_at` are when it was taken and given again."""

    Status = DisputeStatus

    ref = models.CharField(max_length=60, unique=True, default=refs.dispute, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="disputes")
    status = models.CharField(max_length=20, choices=DisputeStatus)
    amount_cents = models.BigIntegerField()
    reason = models.CharField(max_length=60)
    opened_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(amount_cents__gt=0), name="sandbox_dispute_positive")]

    def __str__(self) -> str:
        return self.ref

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None and self.returned_at is None

    @property
    def held_cents(self) -> int:
        """What the bank keeps of us."""
        return self.amount_cents if self.is_withdrawn else 0


class DisputeMove(models.Model):
    """Money that a dispute moved on our balance: negative as the bank takes it, positive as it comes back."""

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="moves")
    cents = models.BigIntegerField()
    moved_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(cents=0), name="sandbox_dispute_move_not_zero")]

    def __str__(self) -> str:
        return f"{self.dispute_id}: {self.cents}"


class Event(models.Model):
    """A notice to the merchant, due until it is taken in; one without `due_at` is never sent (again)."""

    Type = EventType

    ref = models.CharField(max_length=60, unique=True, default=refs.event, editable=False)
    checkout = models.ForeignKey(Checkout, on_delete=models.CASCADE, related_name="events")
    payment = models.ForeignKey(Payment, null=True, blank=True, on_delete=models.CASCADE, related_name="events")
    type = models.CharField(max_length=40, choices=EventType)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.ref

    @property
    def checkout_ref(self) -> str:
        """Where to look, unless it is a payment."""
        return "" if self.type in OF_PAYMENT else self.checkout_id

    @property
    def payment_ref(self) -> str:
        return self.payment.ref if self.type in OF_PAYMENT and self.payment else ""


class SavedError(models.Model):
    """A failure that answers every further request under its key, as Stripe repeats a 500."""

    key = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return self.key


class Fault(models.Model):
    """A misbehaviour that the next request or notice meets; made by tests, and by nobody else."""

    class Kind(models.TextChoices):
        NOT_SENT = "not_sent", "a request that never arrives"
        ANSWER_LOST = "answer_lost", "a request that is carried out, and its answer lost"
        FAILED_BEFORE = "failed_before", "a failure before anything is done, repeated for its key"
        FAILED_AFTER = "failed_after", "a failure after all is done, repeated for its key"
        SLOW = "slow", "a request that takes a while"
        NOTICE_LOST = "notice_lost", "a notice that is never sent"
        NOTICE_TWICE = "notice_twice", "a notice that is sent twice"
        NOTICE_LATE = "notice_late", "a notice that is sent ten minutes later"

    kind = models.CharField(max_length=20, choices=Kind)
    operation = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.operation}".strip()
