"""What of providers' time is taken, as bits: one query, and one row for each provider."""

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from django.db.models import CharField, F, Func, IntegerField, StringAgg, Value
from django.db.models.functions import Cast

from records.scheduling.cells import SlotCell
from records.scheduling.grid import CELL_SECONDS, moment_of


class _Seconds(Func):
    """Seconds since 1970 of a time of the database; Django has no function for it that both databases know."""

    template = "date_part('epoch', %(expressions)s)::bigint"
    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **context)


class _Bits(dict[str, int]):
    """From a bit's number, as text, to the bit."""

    def __missing__(self, number: str) -> int:
        bit = self[number] = 1 << int(number)
        return bit


def taken(providers: Collection[uuid.UUID], first: int, end: int, at: dt.datetime) -> dict[uuid.UUID, int]:
    """The taken cells from `first` up to `end`, whose bit 0 is `first`, of those providers that have any.

    The database joins the numbers of the bits into one text for each provider: to fetch a row for each five
    minutes would cost ten times as much.
    """
    rows = SlotCell.objects.filter(provider__in=providers).standing(at).between(moment_of(first), moment_of(end))
    number = (_Seconds(F("starts_at")) - first * CELL_SECONDS) / CELL_SECONDS
    texts = rows.values_list("provider").annotate(numbers=StringAgg(Cast(number, CharField()), Value(",")))
    bits = _Bits()
    return {provider: sum(map(bits.__getitem__, numbers.split(","))) for provider, numbers in texts.order_by()}
