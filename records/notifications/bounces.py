"""What mail servers and services say of mail that did not arrive: reports in a mailbox (RFC 3464), or a webhook."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from django.conf import settings

# A report names few recipients; more than this is no report.
MOST = 50


@dataclass(frozen=True)
class Bounce:
    """A permanent failure of one address. Temporary ones are the mail server's to try again."""

    address: str
    reason: str


class BadReport(ValueError):
    """A webhook that was not signed with our key, or that cannot be read."""


def from_mail(raw: bytes) -> list[Bounce]:
    """The permanent failures in a delivery report; none in any other mail."""
    message = message_from_bytes(raw, policy=policy.default)
    if message.get_content_type() != "multipart/report":
        return []
    return list(_failures(message))[:MOST]


def from_webhook(raw: bytes, signature: str) -> list[Bounce]:
    """`[{"address": …, "type": "bounce" or "complaint", "reason": …}]`, signed by HMAC-SHA256. Raises BadReport."""
    key = settings.MAIL_WEBHOOK_KEY.encode()
    digest = hmac.new(key, raw, hashlib.sha256).hexdigest()
    if not key or not hmac.compare_digest(digest.encode(), signature.encode()):
        raise BadReport("signature")
    try:
        return [
            Bounce(str(row["address"]), str(row.get("reason", row["type"])))
            for row in json.loads(raw)[:MOST]
            if row["type"] in ("bounce", "complaint")
        ]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadReport("body") from error


def _failures(message: EmailMessage) -> Iterator[Bounce]:
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else ():
            if isinstance(block, str):
                continue
            status = str(block.get("Status", ""))
            recipient = str(block.get("Final-Recipient", "")).partition(";")[2].strip()
            if recipient and status.startswith("5.") and str(block.get("Action", "")).lower() == "failed":
                yield Bounce(recipient, f"{status} {block.get('Diagnostic-Code', '')}".strip())
