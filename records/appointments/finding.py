"""What the page of free times shows: the wish that its address speaks of, and the times that fit, by day or by week."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from records.appointments.forms import FindForm
from records.appointments.subjects import Subject
from records.patients.providers import Location, Practitioner
from records.scheduling import slots
from records.scheduling.choices import Modality
from records.scheduling.languages import language_name
from records.scheduling.providers import Provider
from records.scheduling.slots import Slot, Wish

# What a page of times shows at most, and how far one page looks ahead.
MANY, WEEK, AHEAD = 60, 7, 60
PER_CELL = 4
# Times of one provider and day that lie open; the others unfold.
FIRST = 6
# The year 2200, in seconds since 1970: no button has a later time.
LAST = 7_258_118_400


@dataclass(frozen=True)
class Time:
    """One button: `value` is what it posts."""

    value: str
    start: dt.datetime


@dataclass(frozen=True)
class Someone:
    """A provider as the page names them; `order` is what lists are sorted by."""

    pk: uuid.UUID
    name: str
    specialty: str
    languages: tuple[str, ...]
    order: tuple[str, str]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Group:
    """The times of one provider at one place on one day."""

    provider: Someone
    place: Location
    times: list[Time]

    @property
    def first_times(self) -> list[Time]:
        return self.times[:FIRST]

    @property
    def more_times(self) -> list[Time]:
        return self.times[FIRST:]


@dataclass(frozen=True)
class Day:
    date: dt.date
    groups: list[Group]


@dataclass(frozen=True)
class Row:
    """A provider's week at one place: a list of times, and whether there are more, for each of the days."""

    provider: Someone
    place: Location
    cells: list[tuple[dt.date, list[Time], int]]


class Finder:
    """Finds times for a subject, as the page's form wishes; a handful of queries whatever it finds."""

    def __init__(self, request: HttpRequest, subject: Subject, at: dt.datetime) -> None:
        self.subject, self.at, self.today = subject, at, timezone.localdate(at)
        givers = Provider.objects.active().filter(visit_types=subject.visit_type)
        self.providers, self.places = who_and_where(givers.filter(accepts_new=True) if subject.is_new else givers)
        self.form = FindForm(request.GET, **self._choices())
        self.form.is_valid()
        self.wished = self.form.cleaned_data

    def _choices(self) -> dict[str, list[tuple[str, str]]]:
        languages = {code for provider in self.providers.values() for code in provider.languages}
        return {
            "providers": [(str(pk), str(provider)) for pk, provider in self.providers.items()],
            "places": [(str(pk), place.name) for pk, place in self.places.items()],
            "modalities": [(value, str(Modality(value).label)) for value in self.subject.visit_type.modalities],
            "languages": sorted((code, language_name(code)) for code in languages),
        }

    @property
    def first(self) -> dt.date:
        """The first day shown: none that is over, nor one that cannot be booked yet."""
        last = self.today + dt.timedelta(days=self.subject.visit_type.horizon_days)
        return min(max(self.wished.get("start") or self.today, self.today), last)

    @property
    def dates(self) -> list[dt.date]:
        """The days of the week that is shown."""
        return [self.first + dt.timedelta(days=offset) for offset in range(WEEK)]

    @property
    def wish(self) -> Wish:
        wished = self.wished
        return Wish(
            visit_type=self.subject.visit_type,
            modality=Modality(wished["modality"]) if wished.get("modality") else None,
            provider_ids=_ids(wished.get("provider")),
            location_ids=_ids(wished.get("place")),
            language=wished.get("language") or "",
            weekdays=frozenset(wished.get("day") or ()),
            times_of_day=frozenset(wished.get("time") or ()),
            is_new=self.subject.is_new,
        )

    def days(self) -> tuple[list[Day], dt.date | None]:
        """The soonest times by day, and the day to go on from where there are more."""
        found = self._find(AHEAD, MANY + 1)
        days = [
            Day(date, self._groups(list(rows)))
            for date, rows in groupby(found, key=lambda slot: self._local(slot).date())
        ]
        if len(found) <= MANY:
            return days, None
        # The last day may be cut in two: it begins the next page, unless it is all there is.
        return (days[:-1], days[-1].date) if len(days) > 1 else (days, days[0].date + dt.timedelta(days=1))

    def week(self) -> list[Row]:
        """Seven days of each provider and place that have something free, the soonest first."""
        found = self._find(WEEK, None)
        rows: dict[tuple[uuid.UUID, uuid.UUID], dict[dt.date, list[Slot]]] = {}
        for slot in found:
            by_day = rows.setdefault((slot.provider_id, slot.location_id), {})
            by_day.setdefault(self._local(slot).date(), []).append(slot)
        return [
            Row(
                self.providers[provider],
                self.places[place],
                [
                    (
                        day,
                        [self._time(slot) for slot in by_day.get(day, [])[:PER_CELL]],
                        len(by_day.get(day, [])) - PER_CELL,
                    )
                    for day in self.dates
                ],
            )
            for (provider, place), by_day in list(rows.items())[:MANY]
        ]

    def _find(self, days: int, limit: int | None) -> list[Slot]:
        found = slots.find(self.wish, first=self.first, days=days, at=self.at, limit=limit)
        elsewhere = {slot.location_id for slot in found} - self.places.keys()
        if elsewhere:  # Places where somebody is on single days only.
            self.places |= Location.objects.in_bulk(elsewhere)
        return found

    def _groups(self, found: Sequence[Slot]) -> list[Group]:
        groups: dict[tuple[uuid.UUID, uuid.UUID], list[Time]] = {}
        for slot in found:
            groups.setdefault((slot.provider_id, slot.location_id), []).append(self._time(slot))
        return [Group(self.providers[who], self.places[where], times) for (who, where), times in groups.items()]

    def _local(self, slot: Slot) -> dt.datetime:
        return self.places[slot.location_id].local(slot.starts_at)

    def _time(self, slot: Slot) -> Time:
        value = f"{slot.provider_id}.{slot.location_id}.{int(slot.starts_at.timestamp())}"
        return Time(value, self._local(slot))


def chosen(value: str) -> tuple[uuid.UUID, uuid.UUID, dt.datetime]:
    """Provider, place and beginning from a button's value. Raises ValueError."""
    provider, place, epoch = value.split(".")
    seconds = int(epoch[:12])
    if not 0 < seconds < LAST:
        raise ValueError(value)
    return uuid.UUID(provider), uuid.UUID(place), dt.datetime.fromtimestamp(seconds, tz=dt.UTC)


def who_and_where(rows: QuerySet[Provider]) -> tuple[dict[uuid.UUID, Someone], dict[uuid.UUID, Location]]:
    """Providers by name, and the places where they are every week by theirs, in one query."""
    people = [f"practitioner__{name}" for name in ("prefix", "given", "family", "suffix")]
    place = [f"availabilities__location__{name}" for name in ("id", "name", "time_zone")]
    providers: dict[uuid.UUID, Someone] = {}
    places: dict[uuid.UUID, Location] = {}
    for row in rows.values_list("pk", "specialty", "languages", *people, *place).order_by().distinct():
        pk, specialty, languages, prefix, given, family, suffix, place_id, name, time_zone = row
        person = Practitioner(prefix=prefix, given=given, family=family, suffix=suffix)
        providers[pk] = Someone(pk, person.formal_name, specialty, tuple(languages), (family, given))
        if place_id:
            places[place_id] = Location(pk=place_id, name=name, time_zone=time_zone)
    by_name = sorted(providers.values(), key=lambda someone: someone.order)
    return {each.pk: each for each in by_name}, dict(sorted(places.items(), key=lambda item: item[1].name))


def _ids(value: str | None) -> frozenset[uuid.UUID]:
    return frozenset([uuid.UUID(value)]) if value else frozenset()
