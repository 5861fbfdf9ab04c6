"""Twilio's REST API: one request, and the signature of its callbacks (twilio.com/docs/usage/security)."""

import base64
import hashlib
import hmac
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping

from django.conf import settings
from django.urls import reverse

from records.notifications.sms.protocol import SmsRefused

TIMEOUT_SECONDS = 10
# twilio.com/docs/api/errors: the owner of the number has answered STOP.
OPTED_OUT = 21610
RETRY = frozenset({429})


class TwilioSms:
    """Sends from TWILIO_FROM; what becomes of a text comes back to the callback's address."""

    def send(self, *, to: str, body: str) -> str:
        form = {
            "To": to,
            "From": settings.TWILIO_FROM,
            "Body": body,
            "StatusCallback": settings.PORTAL_URL + reverse("records:sms_status"),
        }
        account = settings.TWILIO_ACCOUNT_SID
        credentials = base64.b64encode(f"{account}:{settings.TWILIO_AUTH_TOKEN}".encode()).decode()
        request = urllib.request.Request(  # noqa: S310 (the address is the settings' own)
            f"{settings.TWILIO_API_BASE}/2010-04-01/Accounts/{account}/Messages.json",
            data=urllib.parse.urlencode(form).encode(),
            headers={"Authorization": f"Basic {credentials}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
                return str(json.load(answer)["sid"])
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error) from error
        except (ValueError, KeyError, TypeError) as error:
            raise OSError("twilio: an answer that is none") from error


def _refusal(error: urllib.error.HTTPError) -> Exception:
    """A mistake of ours or of the number is final; a busy or broken server is asked again."""
    if error.code >= 500 or error.code in RETRY:
        return OSError(f"twilio: {error.code}")
    try:
        code = int(json.load(error).get("code", 0))
    except (ValueError, AttributeError):
        code = 0
    return SmsRefused(f"twilio: {error.code} {code}", is_opt_out=code == OPTED_OUT)


def is_genuine(url: str, form: Mapping[str, str], signature: str) -> bool:
    """Whether Twilio signed this callback: HMAC-SHA1 over the address and the sorted fields."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    digest = hmac.new(settings.TWILIO_AUTH_TOKEN.encode(), signed.encode(), hashlib.sha1).digest()
    return hmac.compare_digest(base64.b64encode(digest), signature.encode())
