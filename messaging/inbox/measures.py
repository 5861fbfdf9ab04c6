"""How fast pools answer, and what waits: each number from one query over all of them, whatever there is to count."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber, TruncWeek
from django.utils import timezone
from django.utils.translation import gettext as _

from messaging.conversations.models import Conversation, ConversationEvent
from messaging.conversations.states import EventKind, State
from messaging.pools.models import Pool

WEEKS = 8


@dataclass
class Measure:
    """What is known of one pool or one week. Times are from the first message to the first answer."""

    label: str
    received: int = 0
    answered: int = 0
    median: dt.timedelta | None = None
    ninth: dt.timedelta | None = None
    backlog: int = 0
    overdue: int = 0

    @property
    def median_words(self) -> str:
        return in_words(self.median)

    @property
    def ninth_words(self) -> str:
        return in_words(self.ninth)


@dataclass
class Measures:
    since: dt.datetime
    pools: list[Measure] = field(default_factory=list)
    weeks: list[Measure] = field(default_factory=list)


def measures_of(pools: Sequence[Pool], at: dt.datetime) -> Measures:
    """The last WEEKS weeks of these pools, each by pool and by week of the first message; four queries."""
    since = _week_of(at) - dt.timedelta(weeks=WEEKS - 1)
    asked: Any = _asked([pool.pk for pool in pools], since)
    by_pool = {pool.pk: Measure(label=pool.name) for pool in pools}
    starts = [since + dt.timedelta(weeks=number) for number in range(WEEKS)]
    by_week = {start.date(): Measure(label=f"{start:%b} {start.day}") for start in starts}
    for row in asked.values("pool", "week").annotate(received=Count("pk"), answered=Count("first_answered_at")):
        for measure in (by_pool[row["pool"]], by_week[row["week"].date()]):
            measure.received += row["received"]
            measure.answered += row["answered"]
    for row in _ranked(asked, "pool"):
        _set(by_pool[row["pool"]], row)
    for row in _ranked(asked, "week"):
        _set(by_week[row["week"].date()], row)
    for row in _waiting(list(by_pool), at):
        by_pool[row["pool"]].backlog, by_pool[row["pool"]].overdue = row["backlog"], row["overdue"]
    return Measures(since=since, pools=list(by_pool.values()), weeks=list(by_week.values()))


def in_words(span: dt.timedelta | None) -> str:
    """ "5 h 20 min", or a dash for nothing."""
    if span is None:
        return "–"
    whole, minutes = divmod(round(span.total_seconds() / 60), 60)
    return _("%(hours)s h %(minutes)s min") % {"hours": whole, "minutes": minutes}


def _asked(pool_ids: list[uuid.UUID], since: dt.datetime) -> QuerySet[Conversation]:
    """What people outside began; what the clinic wrote first waits for no first answer."""
    received = ConversationEvent.objects.filter(conversation=OuterRef("pk"), kind=EventKind.RECEIVED)
    rows = Conversation.objects.standing().filter(Exists(received), pool__in=pool_ids, created_at__gte=since)
    return rows.order_by().annotate(week=TruncWeek("created_at"))


def _ranked(asked: QuerySet[Conversation], key: str) -> QuerySet[Conversation, Any]:
    """Of each group the rows at its median and at its ninth tenth (nearest rank), found by the database."""
    took = ExpressionWrapper(F("first_answered_at") - F("created_at"), output_field=DurationField())
    rows = asked.filter(first_answered_at__isnull=False).annotate(took=took)
    rows = rows.annotate(
        rank=Window(RowNumber(), partition_by=[F(key)], order_by=[F("took").asc(), F("pk").asc()]),
        size=Window(Count("pk"), partition_by=[F(key)]),
    ).annotate(half=F("rank") * 2 - F("size"), tail=F("rank") * 10 - F("size") * 9)
    wanted = Q(half__gte=0, half__lt=2) | Q(tail__gte=0, tail__lt=10)
    return rows.filter(wanted).values(key, "took", "half", "tail")


def _set(measure: Measure, row: dict[str, Any]) -> None:
    if 0 <= row["half"] < 2:
        measure.median = row["took"]
    if 0 <= row["tail"] < 10:
        measure.ninth = row["took"]


def _waiting(pool_ids: list[uuid.UUID], at: dt.datetime) -> QuerySet[Conversation, Any]:
    rows = Conversation.objects.standing().filter(pool__in=pool_ids, state=State.CLINIC).order_by()
    return rows.values("pool").annotate(backlog=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=at)))


def _week_of(at: dt.datetime) -> dt.datetime:
    """The Monday of its week, at midnight of the clinic's clock."""
    local = timezone.localtime(at)
    return timezone.make_aware(dt.datetime.combine(local.date() - dt.timedelta(days=local.weekday()), dt.time()))
