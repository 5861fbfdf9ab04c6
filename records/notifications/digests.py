"""The day's summary, for those who want to be told once a day: how many of what, never what."""

import datetime as dt
import uuid
from collections import Counter

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from records.notifications import kinds, tasks
from records.notifications.choices import State
from records.notifications.models import Notification

KIND = kinds.register(
    "digest",
    subject=_("Your summary of today"),
    template="records/notifications/digest_email",
    text=lambda context: _text(context["count"]),
)
BATCH = 500


def send_due(at: dt.datetime) -> int:
    """In the clinic's hour of summaries, one message for each person and channel with something held. A periodic job.

    What comes within that hour waits for tomorrow's, since there is one a day.
    """
    local = timezone.localtime(at)
    if local.hour != settings.DIGEST_HOUR:
        return 0
    until = local.replace(minute=0, second=0, microsecond=0)
    held = Notification.objects.filter(state=State.HELD, created_at__lt=until)
    waiting = list(held.order_by().values_list("user", "channel", "address").distinct()[:BATCH])
    for user_id, channel, address in waiting:
        _send(user_id, channel, address, until, at)
    return len(waiting)


@transaction.atomic
def _send(user_id: uuid.UUID | None, channel: str, address: str, until: dt.datetime, at: dt.datetime) -> None:
    held = Notification.objects.select_for_update().filter(
        state=State.HELD, user=user_id, channel=channel, address=address, created_at__lt=until
    )
    rows = list(held)
    counted = Counter(str(kinds.kind(row.kind).subject) for row in rows if kinds.is_known(row.kind))
    lines = [f"{subject}: {count}" for subject, count in sorted(counted.items())]
    digest = Notification(
        kind=KIND,
        cause=f"digest:{until.date()}",
        user_id=user_id,
        channel=channel,
        address=address,
        context={"lines": lines, "url": settings.PORTAL_URL, "count": len(rows)},
        next_try_at=at,
        created_at=at,
    )
    Notification.objects.bulk_create([digest], ignore_conflicts=True)
    held.filter(pk__in=[row.pk for row in rows]).update(state=State.SENT, sent_at=at)
    if Notification.objects.filter(pk=digest.pk).exists():
        tasks.deliver.using(run_after=at).enqueue(str(digest.pk))


def _text(count: int) -> str:
    words = {"portal": settings.PORTAL_NAME, "count": count, "url": settings.PORTAL_URL}
    return _t("%(portal)s: %(count)s new. Sign in: %(url)s Reply STOP to end texts.") % words
