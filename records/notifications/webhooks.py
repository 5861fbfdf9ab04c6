"""What providers report: mail that did not arrive, and what became of texts. A signature decides."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from records.access.gate import public_page
from records.notifications import bounces, suppression
from records.notifications.choices import Channel
from records.notifications.models import Notification
from records.notifications.sms import twilio

MOST_BYTES = 100_000
FAILED = frozenset({"undelivered", "failed"})
# twilio.com/docs/api/errors: unreachable for good, unknown, a landline, or asked for no more.
PERMANENT = frozenset({"30003", "30005", "30006", str(twilio.OPTED_OUT)})


@csrf_exempt
@public_page
@require_POST
def mail_report(request: HttpRequest) -> HttpResponse:
    """A mail service's list of addresses that gave mail back."""
    if len(request.body) > MOST_BYTES:
        return HttpResponse(status=413)
    try:
        found = bounces.from_webhook(request.body, request.headers.get("X-Signature", ""))
    except bounces.BadReport:
        return HttpResponse(status=400)
    for bounce in found:
        suppression.suppress(channel=Channel.EMAIL, address=bounce.address, reason=bounce.reason, at=timezone.now())
    return HttpResponse(status=200)


@csrf_exempt
@public_page
@require_POST
def sms_status(request: HttpRequest) -> HttpResponse:
    """What became of a text."""
    url = settings.PORTAL_URL + request.path
    form = {name: str(value) for name, value in request.POST.items()}
    if not settings.TWILIO_AUTH_TOKEN or not twilio.is_genuine(
        url, form, request.headers.get("X-Twilio-Signature", "")
    ):
        return HttpResponse(status=400)
    sent = Notification.objects.filter(channel=Channel.SMS, provider_ref=form.get("MessageSid", "")).first()
    if sent is not None and form.get("MessageStatus") in FAILED:
        code = form.get("ErrorCode", "")
        Notification.objects.filter(pk=sent.pk).update(error=f"twilio: {code}"[:300])
        if code in PERMANENT:
            suppression.suppress(channel=Channel.SMS, address=sent.address, reason=code, at=timezone.now())
    return HttpResponse(status=200)


mail_report.gate = sms_status.gate = "webhook"  # type: ignore[attr-defined]
