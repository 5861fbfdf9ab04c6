"""Handing one queued message to the mail server or the text provider, e-mail at least once."""

import contextlib
import datetime as dt
import logging
import uuid

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.db.models import F
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from records.notifications import kinds, suppression, unsubscribing
from records.notifications.choices import Channel, State
from records.notifications.models import Notification
from records.notifications.sms.protocol import SmsRefused
from records.notifications.sms.registry import provider
from records.work.backoff import MAX_TRIES, wait_after

logger = logging.getLogger("portal.notifications")

# How long a worker may take before another one believes that it died.
CLAIM = dt.timedelta(minutes=5)
_UNSENDABLE = "Every try ended without an answer: what is wrong stands in the workers' log."


def deliver(*, notification_id: uuid.UUID, at: dt.datetime) -> dt.datetime | None:
    """Sends one message that is due; returns when to try again, or None when there is nothing more to do.

    What no longer holds is forgotten. A server's failure postpones the message; after MAX_TRIES it is dead, for
    staff to see. No transaction is held while the server answers: a claim keeps other workers away meanwhile.
    """
    due = Notification.objects.due(at).filter(pk=notification_id)
    if not due.update(next_try_at=at + CLAIM, tries=F("tries") + 1):
        return None
    notification = Notification.objects.select_related("user").get(pk=notification_id)
    if notification.tries > MAX_TRIES:
        _end(notification, State.DEAD, notification.error or _UNSENDABLE)
        return None
    if suppression.is_suppressed(notification):
        _end(notification, State.SUPPRESSED, "")
        return None
    if not kinds.kind(notification.kind).holds(notification.cause, at):
        notification.delete()
        return None
    try:
        if notification.channel == Channel.SMS:
            notification.provider_ref = provider().send(to=notification.address, body=_text(notification))
        else:
            _hand_over(_message(notification))
    except SmsRefused as error:
        if error.is_opt_out:
            suppression.suppress(channel=Channel.SMS, address=notification.address, reason=str(error), at=at)
        _end(notification, State.DEAD, str(error))
        return None
    except OSError as error:  # smtplib's, urllib's and socket's errors are all OSErrors
        return _postpone(notification, error, at)
    notification.sent_at = at
    _end(notification, State.SENT, "")
    return None


def _hand_over(message: EmailMultiAlternatives) -> None:
    """Gives a message to the mail server. Raises OSError; a connection that failed half-way is closed."""
    mailer = mailers["default"]
    try:
        mailer.send_messages([message])
    finally:
        with contextlib.suppress(OSError):
            mailer.close()


def _message(notification: Notification) -> EmailMultiAlternatives:
    kind = kinds.kind(notification.kind)
    headers = {"Message-ID": notification.message_id, "Auto-Submitted": "auto-generated"}
    context = {**notification.context, "subject": kind.subject}
    if kind.category is not None and notification.user is not None:
        headers |= unsubscribing.headers_of(notification.user, kind.category)
        context["unsubscribe_url"] = unsubscribing.address_of(notification.user, kind.category)
    message = EmailMultiAlternatives(
        subject=str(kind.subject),
        body=render_to_string(f"{kind.template}/body.txt", context),
        to=[notification.address],
        headers=headers,
    )
    message.attach_alternative(render_to_string(f"{kind.template}/body.html", context), "text/html")
    return message


def _text(notification: Notification) -> str:
    """One line and where to look: no name, nothing of what it is about."""
    kind = kinds.kind(notification.kind)
    if kind.text is not None:
        return kind.text(notification.context)
    return _("%(portal)s: %(subject)s. Sign in: %(url)s Reply STOP to end texts.") % {
        "portal": settings.PORTAL_NAME,
        "subject": kind.subject,
        "url": settings.PORTAL_URL,
    }


def _postpone(notification: Notification, error: OSError, at: dt.datetime) -> dt.datetime | None:
    said = f"{type(error).__name__}: {error}"[:300]
    if notification.tries >= MAX_TRIES:
        _end(notification, State.DEAD, said)
        return None
    notification.error, notification.next_try_at = said, at + wait_after(notification.tries)
    notification.save(update_fields=["error", "next_try_at"])
    return notification.next_try_at


def _end(notification: Notification, state: State, error: str) -> None:
    notification.state, notification.error = state, error[:300]
    notification.save(update_fields=["state", "sent_at", "error", "provider_ref"])
    if state == State.DEAD:
        logger.error("notification %s by %s was given up: %s", notification.pk, notification.channel, error[:100])
