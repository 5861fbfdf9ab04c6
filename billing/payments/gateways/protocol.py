"""What the portal asks of a payment provider, and the facts it answers with. The core knows nothing else.

Amounts are integer cents. A provider never hears who the patient is: an order carries the attempt's UUID.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class GatewayError(Exception):
    """Base of everything a gateway raises."""


class Refused(GatewayError):
    """The provider said no for good; nothing was done."""


class NotSent(GatewayError):
    """The request never reached the provider; asking again is safe."""


class OutcomeUnknown(GatewayError):
    """The answer was lost. Ask again under the same key, or look; never under a fresh key."""


class BadNotice(GatewayError):
    """A notice that the provider did not sign, or that cannot be read."""


class CheckoutStatus(StrEnum):
    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


class PaymentStatus(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class RefundStatus(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class DisputeStatus(StrEnum):
    """WARNING asks only; OPEN and later can have taken money; PREVENTED was ended by a refund."""

    WARNING = "warning"
    OPEN = "open"
    WON = "won"
    LOST = "lost"
    PREVENTED = "prevented"


@dataclass(frozen=True)
class CheckoutOrder:
    """A hosted page to open. `attempt_id` is all the provider learns of us."""

    attempt_id: uuid.UUID
    amount_cents: int
    product_name: str
    success_url: str
    cancel_url: str
    expires_at: dt.datetime
    currency: str = "usd"


@dataclass(frozen=True)
class HostedPage:
    ref: str
    url: str
    expires_at: dt.datetime


@dataclass(frozen=True)
class RefundOrder:
    """Money to send back out of one payment. `refund_id` is our row's UUID, and all the provider learns of us."""

    refund_id: uuid.UUID
    payment_ref: str
    amount_cents: int


@dataclass(frozen=True)
class RefundFacts:
    """What the provider knows of one refund now; `refund_id` is None for one made at the provider's own desk."""

    ref: str
    refund_id: uuid.UUID | None
    status: RefundStatus
    amount_cents: int
    decided_at: dt.datetime | None = None
    failure: str = ""


@dataclass(frozen=True)
class DisputeFacts:
    """A chargeback, or a bank debit that was returned. `is_withdrawn`: the provider has taken the money from us.

    `moved_at` is when it last took the money or gave it back; None when it never did.
    """

    ref: str
    status: DisputeStatus
    amount_cents: int
    is_withdrawn: bool
    opened_at: dt.datetime
    reason: str = ""
    moved_at: dt.datetime | None = None


@dataclass(frozen=True)
class PaymentFacts:
    """What the provider knows of one payment now.

    `attempt_id` is what the payment itself says it was for. `settled_cents` is what reached our balance in
    dollars when the payer paid in another currency. `refunds` and `disputes` are read by `read_payment` alone.
    """

    ref: str
    status: PaymentStatus
    amount_cents: int
    currency: str
    method: str
    last4: str
    livemode: bool
    paid_at: dt.datetime | None = None
    attempt_id: uuid.UUID | None = None
    settled_cents: int | None = None
    refunds: tuple[RefundFacts, ...] = ()
    disputes: tuple[DisputeFacts, ...] = ()


@dataclass(frozen=True)
class CheckoutFacts:
    """What the provider knows of one checkout now, with every payment made under it."""

    ref: str
    attempt_id: uuid.UUID | None
    status: CheckoutStatus
    payments: tuple[PaymentFacts, ...]


@dataclass(frozen=True)
class Notice:
    """A hint that something happened: it says where to look, at a checkout or a payment, never what to believe."""

    event_id: str
    type: str
    checkout_ref: str
    livemode: bool
    payment_ref: str = ""


class PaymentGateway(Protocol):
    """One provider. `page_origins` are the origins of its hosted pages, when they are not our own."""

    code: str
    livemode: bool
    page_origins: tuple[str, ...]

    def open_checkout(self, order: CheckoutOrder, key: str) -> HostedPage:
        """Opens a hosted page; the same key gives the same page. Raises GatewayError."""
        ...

    def read_checkout(self, ref: str) -> CheckoutFacts:
        """The present facts. Raises GatewayError."""
        ...

    def close_checkout(self, ref: str) -> CheckoutFacts:
        """Ends an open page and returns the facts; one that is complete already stays so. Raises GatewayError."""
        ...

    def read_payment(self, ref: str) -> PaymentFacts:
        """One payment with its refunds and disputes, in the order they were made. Raises GatewayError."""
        ...

    def request_refund(self, order: RefundOrder, key: str) -> RefundFacts:
        """Sends money back; the same key gives the same refund. Raises GatewayError, and Refused for too much."""
        ...

    def authenticate_notice(self, raw: bytes, headers: Mapping[str, str], at: dt.datetime) -> Notice:
        """Checks the signature over the raw body. Raises BadNotice."""
        ...

    def notices_since(self, at: dt.datetime) -> Iterable[Notice]:
        """Everything the provider told, or would have told, since `at`, oldest first. Raises GatewayError."""
        ...

    def checkouts_since(self, at: dt.datetime) -> Iterable[CheckoutFacts]:
        """Every checkout opened since `at`. Raises GatewayError."""
        ...

    def net_between(self, start: dt.datetime, end: dt.datetime) -> int:
        """Cents that the provider's balance gained from `start` up to `end`, before its fees. Raises GatewayError.

        Payments that succeeded, less refunds that were sent and not returned, less disputes withdrawn and not won.
        """
        ...
