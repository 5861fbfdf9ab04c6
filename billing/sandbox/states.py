"""What becomes of a checkout, of the payments tried on it, and of money that goes back."""

from django.db import models


class CheckoutStatus(models.TextChoices):
    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


class PaymentStatus(models.TextChoices):
    ASKING = "asking"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class RefundStatus(models.TextChoices):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DisputeStatus(models.TextChoices):
    """A warning asks and takes nothing; an open dispute has taken the money already."""

    WARNING = "warning"
    OPEN = "open"
    WON = "won"
    LOST = "lost"
    PREVENTED = "prevented"


class EventType(models.TextChoices):
    COMPLETED = "checkout.completed"
    EXPIRED = "checkout.expired"
    DECLINED = "payment.declined"
    SUCCEEDED = "payment.succeeded"
    FAILED = "payment.failed"
    REFUND_CREATED = "refund.created"
    REFUND_UPDATED = "refund.updated"
    REFUND_FAILED = "refund.failed"
    DISPUTE_OPENED = "dispute.opened"
    DISPUTE_UPDATED = "dispute.updated"
    DISPUTE_CLOSED = "dispute.closed"


# These point at a payment, the others at a checkout.
OF_PAYMENT = frozenset(type_ for type_ in EventType if type_.value.startswith(("refund.", "dispute.")))
