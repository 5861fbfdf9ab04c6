"""Telling people: queued in the transaction that causes it, delivered by a worker (delivery.py)."""

import datetime as dt
from typing import Any

from django.db import transaction

from records.access.models import User
from records.notifications import kinds, tasks
from records.notifications.choices import Channel, Mode, State
from records.notifications.kinds import Kind
from records.notifications.models import Notification
from records.notifications.preferences import Wishes, wishes_of


def notify(
    *,
    kind: str,
    cause: str,
    at: dt.datetime,
    user: User | None = None,
    address: str = "",
    context: dict[str, Any] | None = None,
    path: str = "",
) -> None:
    """Queues what tells one person of `cause`; telling the same of the same cause again changes nothing.

    Somebody with a sign-in is told as they chose, after their quiet hours, and from `at` on finds it in the
    portal's list, which leads to `path` (row ids only). What people cannot choose about, and an `address` without
    a person, get an e-mail at once. Call it inside the causing transaction; `context` is JSON without health
    information.
    """
    known = kinds.kind(kind)
    row = Notification(kind=kind, cause=cause, user=user, context=context or {}, path=path, created_at=at)
    mail = (address or (user.email if user else "")).lower()
    if user is None or known.category is None:
        rows = [_copy(row, Channel.EMAIL, mail, State.QUEUED, at)]
    else:
        rows = _as_chosen(row, known, mail, wishes_of(user), at)
    if user is not None and path:
        rows.append(_in_portal(row, at))
    with transaction.atomic():
        Notification.objects.bulk_create(rows, ignore_conflicts=True)
        waiting = Notification.objects.filter(pk__in=[each.pk for each in rows], state=State.QUEUED)
        for pk, due_at in waiting.values_list("pk", "next_try_at"):
            tasks.deliver.using(run_after=due_at).enqueue(str(pk))


def _as_chosen(row: Notification, kind: Kind, mail: str, wishes: Wishes, at: dt.datetime) -> list[Notification]:
    assert kind.category is not None  # noqa: S101 (for the type checker: the caller asked)
    rows = []
    for channel, address in ((Channel.EMAIL, mail), (Channel.SMS, wishes.phone)):
        mode = wishes.mode(kind.category, channel)
        if not address or mode == Mode.OFF or address in wishes.suppressed:
            continue
        state = State.HELD if mode == Mode.DIGEST and not kind.is_timely else State.QUEUED
        rows.append(_copy(row, channel, address, state, wishes.not_before(at)))
    return rows


def _copy(row: Notification, channel: Channel, address: str, state: State, due_at: dt.datetime) -> Notification:
    return Notification(
        kind=row.kind,
        cause=row.cause,
        user=row.user,
        context=row.context,
        path=row.path,
        created_at=row.created_at,
        channel=channel,
        address=address,
        state=state,
        next_try_at=due_at,
    )


def _in_portal(row: Notification, at: dt.datetime) -> Notification:
    """The portal's own list: there at once, addressed by the person's id."""
    listed = _copy(row, Channel.PORTAL, str(row.user_id), State.SENT, at)
    listed.sent_at = at
    return listed


@transaction.atomic
def read(*, user: User, at: dt.datetime, pks: list[Any] | None = None) -> int:
    """Marks the person's list as read, or some of it; returns how many were new."""
    unread = Notification.objects.unread_of(user, at)
    return (unread if pks is None else unread.filter(pk__in=pks)).update(read_at=at)
