"""Addresses that give mail or texts back: nothing more is sent there, and the person finds out why in the portal."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from records.access.models import User
from records.notifications import kinds
from records.notifications.choices import Channel, State
from records.notifications.models import Notification, Preferences, Suppression

KIND_BOUNCED = kinds.register(
    "address_failed", subject=_("We could not reach you"), template="records/notifications/bounced_email"
)


@transaction.atomic
def suppress(*, channel: Channel, address: str, reason: str, at: dt.datetime) -> bool:
    """Sends nothing more to an address and tells its person in the portal; False when that is so already."""
    known, is_new = Suppression.objects.get_or_create(
        channel=channel, address=address.lower(), defaults={"reason": reason[:300], "created_at": at}
    )
    if is_new:
        _tell(known, at)
    return is_new


def lift(*, channel: Channel, address: str) -> None:
    """Tries an address again, when its person says that it works."""
    Suppression.objects.filter(channel=channel, address=address.lower()).delete()


def is_suppressed(notification: Notification) -> bool:
    if kinds.kind(notification.kind).is_proof:
        return False
    return Suppression.objects.filter(channel=notification.channel, address=notification.address).exists()


def _tell(suppression: Suppression, at: dt.datetime) -> None:
    if suppression.channel == Channel.SMS:
        people = User.objects.filter(pk__in=Preferences.objects.filter(phone=suppression.address).values("user"))
    else:
        people = User.objects.filter(email__iexact=suppression.address)
    Notification.objects.bulk_create(
        [
            Notification(
                kind=KIND_BOUNCED,
                cause=f"suppression:{suppression.pk}",
                user=user,
                channel=Channel.PORTAL,
                address=str(user.pk),
                path="/settings/notifications/",
                state=State.SENT,
                created_at=at,
                sent_at=at,
                next_try_at=at,
            )
            for user in people
        ],
        ignore_conflicts=True,
    )
