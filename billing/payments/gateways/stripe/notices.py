"""Stripe's webhooks: signed over time and raw body; during a rotation two secrets are good.

The SDK's own check takes times ahead of ours and either mode, and trips over bodies that are no object
(payments.md §1), so that time, mode and shape are checked here.
"""

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from stripe import SignatureVerificationError, WebhookSignature

from billing.payments.gateways.protocol import BadNotice, Notice

HEADER = "Stripe-Signature"
TOLERANCE = dt.timedelta(minutes=5)
_TIME = re.compile(r"(?:^|,)t=(\d{1,12})(?:,|$)", re.ASCII)
# Each names the place to look at; the webhook endpoint needs these and no others.
CHECKOUT_TYPES = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
)
PAYMENT_TYPES = (
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "charge.dispute.closed",
)
TYPES = (*CHECKOUT_TYPES, *PAYMENT_TYPES)


def authenticate(
    raw: bytes, headers: Mapping[str, str], at: dt.datetime, *, secrets: Iterable[str], livemode: bool
) -> Notice:
    """The notice, if one of `secrets` signed it within five minutes of `at`. Raises BadNotice."""
    header = headers.get(HEADER, "")
    if not any(_is_signed(raw, header, secret) for secret in secrets):
        raise BadNotice("signature")
    times = _TIME.findall(header)
    if len(times) != 1 or abs(at.timestamp() - int(times[0])) > TOLERANCE.total_seconds():
        raise BadNotice("time")
    try:
        notice = notice_of(json.loads(raw))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadNotice("body") from error
    if notice.livemode != livemode:
        raise BadNotice("mode")
    return notice


def notice_of(event: Mapping[str, Any]) -> Notice:
    """Where an event says to look; types that we do not need point nowhere. Raises for what is no event."""
    if event["object"] != "event" or not isinstance(event["livemode"], bool):
        raise TypeError("no event")
    about = event["data"]["object"]
    type_ = str(event["type"])
    return Notice(
        event_id=str(event["id"]),
        type=type_,
        checkout_ref=str(about["id"]) if type_ in CHECKOUT_TYPES else "",
        livemode=event["livemode"],
        payment_ref=str(about.get("payment_intent") or "") if type_ in PAYMENT_TYPES else "",
    )


def _is_signed(raw: bytes, header: str, secret: str) -> bool:
    try:
        return bool(WebhookSignature.verify_header(raw, header, secret))
    except (SignatureVerificationError, ValueError):
        return False
