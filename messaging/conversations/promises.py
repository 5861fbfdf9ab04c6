"""What people are told before they write: who reads it, by when they answer, and whether it may cost something."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings

from messaging.pools import routing
from messaging.pools.models import Pool
from records.hours.calendar import NoHours, calendar
from records.hours.models import ClosedDay


@dataclass(frozen=True)
class Promise:
    """`due_at` is None when the clinic has entered no hours; `opens_at` is None while somebody is there."""

    pool: Pool
    due_at: dt.datetime | None
    opens_at: dt.datetime | None
    closed: Sequence[ClosedDay] = field(default_factory=list)

    @property
    def may_bill(self) -> bool:
        return settings.MESSAGES_MAY_BE_BILLED and self.pool.may_be_billed


def promise_for(*, topic: str, team_name: str, text: str, at: dt.datetime) -> Promise:
    """What holds for a message about `topic` that is sent at `at`. Raises routing.NoPool."""
    pool = routing.pool_for(topic=topic, team_name=team_name, text=text)
    return promise_of(pool, at)


def promise_of(pool: Pool, at: dt.datetime) -> Promise:
    hours = calendar()
    try:
        opens, due = hours.next_open(at), hours.due_after(at, pool.answer_days)
    except NoHours:
        return Promise(pool, due_at=None, opens_at=None)
    named = hours.closed_between(at, due)
    return Promise(
        pool,
        due_at=due,
        opens_at=opens if opens > at else None,
        closed=list(ClosedDay.objects.filter(date__in=named)) if named else [],
    )


def due_after(pool: Pool, at: dt.datetime) -> dt.datetime | None:
    """By when the pool answers what was sent at `at`; None when the clinic has entered no hours."""
    try:
        return calendar().due_after(at, pool.answer_days)
    except NoHours:
        return None
