"""What staff keep of providers' time, read in one query for a number of days and one kind of visit."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value

from records.hours.models import ClosedDay
from records.scheduling import clock
from records.scheduling.choices import ExceptionKind
from records.scheduling.grid import moment_of
from records.scheduling.providers import Availability, AvailabilityException, Provider
from records.scheduling.visit_types import CELL_MINUTES, DEFAULT_STEP_MINUTES, VisitType

# A place that the directory has closed (FHIR's LocationStatus) takes no visits.
SHUT = ("suspended", "inactive")


@dataclass(frozen=True, slots=True)
class Window:
    """Time in which visits can lie, on each of its days; `step` in cells."""

    zone: dt.tzinfo
    weekday: int | None
    starts_at: dt.time
    ends_at: dt.time
    step: int
    first: dt.date | None
    last: dt.date | None

    def on(self, days: Sequence[dt.date]) -> Iterator[tuple[int, int]]:
        """First cell and end for those of the days, each the one after the other, that it has."""
        if self.weekday is not None and days:
            days = days[(self.weekday - days[0].weekday()) % 7 :: 7]
        for day in days:
            if (self.first is None or self.first <= day) and (self.last is None or day <= self.last):
                yield clock.window(day, self.starts_at, self.ends_at, self.zone)


@dataclass(frozen=True, slots=True)
class Block:
    """Time that is taken away on each of its days; without a place at all of them, by the clock of each.

    `opens` hours before it begins it is free again; None means never.
    """

    kind: str
    location_id: uuid.UUID | None
    starts_at: dt.time | None
    ends_at: dt.time | None
    first: dt.date
    last: dt.date
    opens: int | None

    def on(self, days: Iterable[dt.date], zone: dt.tzinfo, at: dt.datetime) -> Iterator[tuple[int, int]]:
        """First cell and end for those of the days that it has, as it stands `at` that time."""
        for day in days:
            if self.first <= day <= self.last:
                first, end = clock.cover(day, self.starts_at, self.ends_at, zone)
                if self.opens is None or at < moment_of(first) - dt.timedelta(hours=self.opens):
                    yield first, end


@dataclass(frozen=True)
class Timetable:
    """Windows by provider and place, and what takes away from them."""

    windows: dict[tuple[uuid.UUID, uuid.UUID], list[Window]]
    blocks: dict[uuid.UUID, list[Block]]
    closed: frozenset[dt.date]


def load(
    providers: QuerySet[Provider],
    first: dt.date,
    last: dt.date,
    *,
    visit_type: VisitType | None,
    places: frozenset[uuid.UUID] = frozenset(),
) -> Timetable:
    """What these providers' time is like for a kind of visit, on days around these; `places` leaves others out.

    Without a kind of visit it has every window, and all that takes from them for some visits. One query, because a page that shows free times has others to make.
    """
    # What begins the day before may cross midnight, and elsewhere it may be a day later already.
    around = first - 2 * clock.DAY, last + 2 * clock.DAY
    weekly = _weekly(providers, visit_type, around)
    rows = weekly.union(_special(providers, visit_type, around), _closed(around), all=True).order_by()
    windows: dict[tuple[uuid.UUID, uuid.UUID], list[Window]] = defaultdict(list)
    blocks: dict[uuid.UUID, list[Block]] = defaultdict(list)
    closed = set()
    for kind, provider, place, zone, weekday, starts_at, ends_at, step, begins, ends, opens in rows:
        if kind == _CLOSED:
            closed.add(begins)
        elif kind not in (_WEEKLY, ExceptionKind.EXTRA):
            opens = opens if kind == ExceptionKind.RESERVED else None
            blocks[provider].append(Block(kind, place, starts_at, ends_at, begins, ends, opens))
        elif not places or place in places:
            steps = step // CELL_MINUTES
            windows[provider, place].append(
                Window(clock.zone_of(zone), weekday, starts_at, ends_at, steps, begins, ends)
            )
    return Timetable(dict(sorted(windows.items())), blocks, frozenset(closed))


# The rows of the three tables have these columns in common.
_COLUMNS = (
    "is",
    "whose",
    "place",
    "zone",
    "on",
    "from_time",
    "to_time",
    "step",
    "first",
    "final",
    "opens",
)
_WEEKLY, _CLOSED = "weekly", "closed"


def _weekly(
    providers: QuerySet[Provider], visit_type: VisitType | None, around: tuple[dt.date, dt.date]
) -> QuerySet[Any, Any]:
    rows = Availability.objects.filter(
        _for_any(Availability, visit_type),
        Q(valid_from__isnull=True) | Q(valid_from__lte=around[1]),
        Q(valid_until__isnull=True) | Q(valid_until__gte=around[0]),
        provider__in=providers,
    ).exclude(location__status__in=SHUT)
    return _columns(
        rows,
        _named(_WEEKLY),
        F("provider_id"),
        F("location_id"),
        F("location__time_zone"),
        F("weekday"),
        F("starts_at"),
        F("ends_at"),
        F("step_minutes"),
        F("valid_from"),
        F("valid_until"),
        Value(None, models.IntegerField()),
    )


def _special(
    providers: QuerySet[Provider], visit_type: VisitType | None, around: tuple[dt.date, dt.date]
) -> QuerySet[Any, Any]:
    extra = Q(kind=ExceptionKind.EXTRA) & _for_any(AvailabilityException, visit_type) & ~Q(location__status__in=SHUT)
    reserved = Q(kind=ExceptionKind.RESERVED) & ~_for_it(AvailabilityException, visit_type)
    rows = AvailabilityException.objects.filter(
        Q(kind=ExceptionKind.AWAY) | extra | reserved,
        first_date__lte=around[1],
        last_date__gte=around[0],
        provider__in=providers,
    )
    return _columns(
        rows,
        F("kind"),
        F("provider_id"),
        F("location_id"),
        F("location__time_zone"),
        Value(None, models.IntegerField()),
        F("starts_at"),
        F("ends_at"),
        Value(DEFAULT_STEP_MINUTES),
        F("first_date"),
        F("last_date"),
        F("opens_hours"),
    )


def _closed(around: tuple[dt.date, dt.date]) -> QuerySet[Any, Any]:
    nobody, no_time = Value(None, models.UUIDField()), Value(None, models.TimeField())
    rows = ClosedDay.objects.filter(date__range=around)
    return _columns(
        rows,
        _named(_CLOSED),
        nobody,
        nobody,
        _named(""),
        Value(None, models.IntegerField()),
        no_time,
        no_time,
        Value(None, models.IntegerField()),
        F("date"),
        F("date"),
        Value(None, models.IntegerField()),
    )


def _columns(rows: QuerySet[Any], *values: Any) -> QuerySet[Any, Any]:
    named = dict(zip(_COLUMNS, values, strict=True))
    return (
        rows.order_by()
        .annotate(**{f"column_{name}": value for name, value in named.items()})
        .values_list(*(f"column_{name}" for name in _COLUMNS))
    )


def _named(text: str) -> Value:
    return Value(text, models.CharField())


def _for_any(model: type[Availability | AvailabilityException], visit_type: VisitType | None) -> Q:
    """Rows that name the visit type, and those that name none and so are for all."""
    if visit_type is None:
        return ~Q(pk__in=[])
    named = model.visit_types.through._default_manager.filter(**{model.__name__.lower(): OuterRef("pk")})
    return _for_it(model, visit_type) | ~Q(Exists(named))


def _for_it(model: type[Availability | AvailabilityException], visit_type: VisitType | None) -> Q:
    """Rows that name the visit type."""
    if visit_type is None:
        return Q(pk__in=[])
    through = model.visit_types.through._default_manager
    return Q(Exists(through.filter(**{model.__name__.lower(): OuterRef("pk")}, visittype=visit_type.pk)))
