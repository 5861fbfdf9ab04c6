"""Signed notices: an HMAC over the time of signing and the raw body, like other providers' webhooks.

Sandbox-Signature: t=1770000000,v1=<hex>
"""

import datetime as dt
import hashlib
import hmac
import json
import re
from collections.abc import Mapping

from django.conf import settings

from billing.payments.gateways.protocol import BadNotice, Notice
from billing.sandbox.models import Event

HEADER = "Sandbox-Signature"
# A signature older than this, or that far ahead, could be somebody's replay.
TOLERANCE = dt.timedelta(minutes=5)
_SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})", re.ASCII)


def body_of(event: Event) -> bytes:
    """What is sent: where to look, and nothing that the merchant should believe."""
    content = {
        "id": event.ref,
        "type": event.type,
        "checkout": event.checkout_ref,
        "payment": event.payment_ref,
        "livemode": False,
    }
    return json.dumps(content, sort_keys=True).encode()


def sign(raw: bytes, at: dt.datetime) -> dict[str, str]:
    """The headers that go with `raw`."""
    seconds = str(int(at.timestamp()))
    return {HEADER: f"t={seconds},v1={_digest(seconds, raw)}"}


def authenticate(raw: bytes, headers: Mapping[str, str], at: dt.datetime) -> Notice:
    """The notice, if we signed it within five minutes of `at`. Raises BadNotice."""
    match = _SIGNATURE.fullmatch(headers.get(HEADER, ""))
    if match is None:
        raise BadNotice("signature missing")
    seconds, digest = match.groups()
    if not hmac.compare_digest(digest, _digest(seconds, raw)):
        raise BadNotice("signature")
    if abs(at.timestamp() - int(seconds)) > TOLERANCE.total_seconds():
        raise BadNotice("time")
    try:
        content = json.loads(raw)
        return Notice(
            event_id=str(content["id"]),
            type=str(content["type"]),
            checkout_ref=str(content["checkout"]),
            livemode=bool(content["livemode"]),
            payment_ref=str(content.get("payment", "")),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadNotice("body") from error


def _digest(seconds: str, raw: bytes) -> str:
    key = settings.SANDBOX_NOTICE_KEY.encode()
    return hmac.new(key, f"{seconds}.".encode() + raw, hashlib.sha256).hexdigest()
