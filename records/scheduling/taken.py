"""What of providers' time is taken, as bits: one query, and one row for each provider."""

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from django.db.models import BigIntegerField, F, Func, IntegerField, OuterRef, Subquery, Sum, TextField, Value
from django.db.models.functions import Cast

from records.scheduling.cells import SlotCell
from records.scheduling.grid import CELL_SECONDS, moment_of
from records.scheduling.providers import Provider

# So many cells at a time become one number in the database, whose integers have 63 bits.
_WORD = 60


class _Seconds(Func):
    """Seconds since 1970 of a time of the database; Django has no function for it that both databases know."""

    template = "date_part('epoch', %(expressions)s)::bigint"
    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **context)


class _Joined(Subquery):
    """The rows `word` and `bits` of a query as one text, "3,12,4,1". Django cannot sum and join in one."""

    template = "(SELECT STRING_AGG(word || ',' || bits, ',') FROM (%(subquery)s) words)"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        template = self.template.replace("STRING_AGG", "GROUP_CONCAT")
        return self.as_sql(compiler, connection, template=template)


def taken(
    providers: Collection[uuid.UUID], first: int, end: int, at: dt.datetime, *, besides: uuid.UUID | None = None
) -> dict[uuid.UUID, int]:
    """The taken cells from `first` up to `end`, whose bit 0 is `first`, of those providers that have any.

    Those of the appointment `besides` do not count.

    The database makes numbers of the cells: to fetch a row for each five minutes would cost a hundred times as much.
    """
    rows = SlotCell.objects.filter(provider=OuterRef("pk")).standing(at).between(moment_of(first), moment_of(end))
    if besides is not None:
        rows = rows.exclude(appointment=besides)
    number = (_Seconds(F("starts_at")) - first * CELL_SECONDS) / CELL_SECONDS
    place = Cast(number % _WORD, IntegerField())
    bit = Cast(Value(1), BigIntegerField()).bitleftshift(place)  # type: ignore[arg-type] # (the stubs know int alone)
    words = rows.order_by().values(word=number / _WORD).annotate(bits=Sum(bit, output_field=BigIntegerField()))
    texts = Provider.objects.filter(pk__in=providers).order_by().values_list("pk", _Joined(words))
    return {provider: _bits(text) for provider, text in texts if text}


def _bits(text: str) -> int:
    numbers = [int(number) for number in text.split(",")]
    return sum(bits << word * _WORD for word, bits in zip(numbers[::2], numbers[1::2], strict=True))
