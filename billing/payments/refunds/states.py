"""The life of a refund: who may follow whom."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RefundState(models.TextChoices):
    WAITING = "waiting", _("Waiting for a second person")
    DECLINED = "declined", _("A second person said no")
    REQUESTED = "requested", _("To be sent")
    PENDING = "pending", _("On its way")
    SUCCEEDED = "succeeded", _("Sent back")
    FAILED = "failed", _("Did not arrive")
    CANCELED = "canceled", _("Canceled by the provider")


class RefundReason(models.TextChoices):
    OVERPAID = "overpaid", _("Paid more than was owed")
    DUPLICATE = "duplicate", _("Paid twice")
    BILLING_ERROR = "billing_error", _("The bill was wrong")
    GOODWILL = "goodwill", _("Goodwill")
    OTHER = "other", _("Another reason (say which)")
    OUTSIDE = "outside", _("Made at the provider’s own desk")


# Money of these is still with us, or has come back.
VOID = frozenset({RefundState.DECLINED, RefundState.FAILED, RefundState.CANCELED})
UNDERWAY = frozenset({RefundState.REQUESTED, RefundState.PENDING})

_NEXT: dict[RefundState, frozenset[RefundState]] = {
    RefundState.WAITING: frozenset({RefundState.REQUESTED, RefundState.DECLINED}),
    RefundState.DECLINED: frozenset(),
    RefundState.REQUESTED: frozenset(
        {RefundState.PENDING, RefundState.SUCCEEDED, RefundState.FAILED, RefundState.CANCELED}
    ),
    RefundState.PENDING: frozenset({RefundState.SUCCEEDED, RefundState.FAILED, RefundState.CANCELED}),
    # A bank can send a refund back weeks later.
    RefundState.SUCCEEDED: frozenset({RefundState.FAILED}),
    RefundState.FAILED: frozenset(),
    RefundState.CANCELED: frozenset(),
}


def may_follow(now: str, then: RefundState) -> bool:
    return then in _NEXT[RefundState(now)]
