"""Counts tries and says when there were too many: one table, one upsert, on both databases.

`hit` must commit before the work it guards, or a rolled-back failure would not be counted.
"""

import datetime as dt
import hashlib
import hmac

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone


class ThrottleCounter(models.Model):
    """Tries of one thing by one key within one window; keys are hashed, since they can be credentials."""

    name = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "key", "window_start"], name="throttle_one_row_per_window"),
        ]
        indexes = [models.Index(fields=["window_start"], name="throttle_by_age")]

    def __str__(self) -> str:
        return f"{self.name} {self.window_start:%c}"


def hit(name: str, key: str, *, limit: int, seconds: int, at: dt.datetime | None = None) -> bool:
    """Counts one try and says whether it is within `limit` per window of `seconds`.

    Exact under concurrency: the database increments. Raises RuntimeError inside a transaction,
    because the count has to survive what follows.
    """
    window = _window(at or timezone.now(), seconds)
    table = connection.ops.quote_name(ThrottleCounter._meta.db_table)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (name, key, window_start, count) VALUES (%s, %s, %s, 1) "  # noqa: S608 (our own table name)
            f"ON CONFLICT (name, key, window_start) DO UPDATE SET count = {table}.count + 1 RETURNING count",
            [name, _digest(key), connection.ops.adapt_datetimefield_value(window)],
        )
        count: int = cursor.fetchone()[0]
    return count <= limit


def peek(name: str, key: str, *, limit: int, seconds: int, at: dt.datetime | None = None) -> bool:
    """Whether another try would still be within the limit, without counting one."""
    window = _window(at or timezone.now(), seconds)
    counter = ThrottleCounter.objects.filter(name=name, key=_digest(key), window_start=window)
    return not counter.filter(count__gte=limit).exists()


def prune(at: dt.datetime) -> int:
    """Deletes windows older than a day; returns how many."""
    deleted, _ = ThrottleCounter.objects.filter(window_start__lt=at - dt.timedelta(days=1)).delete()
    return deleted


def _window(at: dt.datetime, seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(at.timestamp() - at.timestamp() % seconds, tz=dt.UTC)


def _digest(key: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), key.encode(), hashlib.sha256).hexdigest()
