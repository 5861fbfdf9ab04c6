"""Which times can be booked. Nobody types them: they follow from the week, its exceptions and what is taken.

A time is offered where a window (weekly or extra) has room for the whole visit, counted in the window's steps
from its real beginning, and where nothing takes from it: the provider away, a day on which the clinic is
closed by the clock of the place, time kept for other visits, a visit or a hold. docs/appointments.md has the
rules in words, records/scheduling/clock.py those for nights when the clock changes.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from django.db.models import QuerySet

from records.scheduling import clock, grid
from records.scheduling.choices import Modality, TimeOfDay
from records.scheduling.providers import Provider
from records.scheduling.searching import Limits, Search
from records.scheduling.visit_types import VisitType

NOON, FIVE = dt.time(12), dt.time(17)
HOURS = {
    TimeOfDay.MORNING: (clock.MIDNIGHT, NOON),
    TimeOfDay.AFTERNOON: (NOON, FIVE),
    TimeOfDay.EVENING: (FIVE, clock.MIDNIGHT),
}


@dataclass(frozen=True, slots=True)
class Slot:
    """One time that can be booked; its times are UTC."""

    provider_id: uuid.UUID
    location_id: uuid.UUID
    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True)
class Wish:
    """What is looked for; what is left empty may be anything.

    `language` is a BCP 47 code, which also finds its regions (es finds es-MX). `weekdays` count as
    datetime.date.weekday() does, `times_of_day` are values of TimeOfDay, both by the clock of the place.
    `is_new`: the patient is new, so that only providers who take new patients count.
    """

    visit_type: VisitType
    modality: Modality | None = None
    provider_ids: frozenset[uuid.UUID] = frozenset()
    location_ids: frozenset[uuid.UUID] = frozenset()
    language: str = ""
    weekdays: frozenset[int] = frozenset()
    times_of_day: frozenset[str] = frozenset()
    is_new: bool = False

    @property
    def can_be(self) -> bool:
        """Whether the kind of visit is offered at all, and in that way."""
        return self.visit_type.is_active and (self.modality is None or self.modality in self.visit_type.modalities)


def time_of_day(time: dt.time) -> TimeOfDay:
    if time < NOON:
        return TimeOfDay.MORNING
    return TimeOfDay.AFTERNOON if time < FIVE else TimeOfDay.EVENING


def find(
    wish: Wish, *, first: dt.date, days: int, at: dt.datetime, limit: int | None = None, for_staff: bool = False
) -> list[Slot]:
    """The times of `days` days from `first` on, soonest first, within the limits of booking online.

    For staff these limits do not hold: they book anything that is not over. Two queries, of which the second
    comes again at most twice when few times are free, and one more for a language.
    """
    if not wish.can_be or days < 1:
        return []
    search = _search(wish, first, first + dt.timedelta(days=days - 1), at, for_staff=for_staff)
    length = dt.timedelta(minutes=wish.visit_type.minutes)
    found = islice(search.soonest(is_all=limit is None), limit)
    return [Slot(*key, start, start + length) for start, key in ((grid.moment_of(cell), key) for cell, key in found)]


def is_free(
    *,
    visit_type: VisitType,
    modality: str,
    provider_id: uuid.UUID,
    location_id: uuid.UUID,
    starts_at: dt.datetime,
    at: dt.datetime,
    for_staff: bool = False,
    is_new: bool = False,
    besides: uuid.UUID | None = None,
) -> bool:
    """Whether `find` has this time, asked again when it is booked. Two queries.

    With `besides` it is free although that appointment holds it.
    """
    wish = Wish(
        visit_type,
        provider_ids=frozenset([provider_id]),
        location_ids=frozenset([location_id]),
        is_new=is_new,
    )
    if not wish.can_be or modality not in visit_type.modalities or not grid.is_on_grid(starts_at):
        return False
    # Wherever the place is, the time is on one of these days by its clock.
    day, cell = starts_at.astimezone(dt.UTC).date(), grid.cell_of(starts_at)
    search = _search(wish, day - clock.DAY, day + clock.DAY, at, for_staff=for_staff, besides=besides)
    return any(search.between(cell, cell + 1))


def _search(
    wish: Wish,
    first: dt.date,
    last: dt.date,
    at: dt.datetime,
    *,
    for_staff: bool,
    besides: uuid.UUID | None = None,
) -> Search:
    visit_type = wish.visit_type
    limits = Limits(
        first=first,
        last=last,
        weekdays=wish.weekdays,
        hours=[HOURS[TimeOfDay(value)] for value in sorted(wish.times_of_day)],
        lead=None if for_staff else dt.timedelta(hours=visit_type.lead_hours),
        horizon=None if for_staff else dt.timedelta(days=visit_type.horizon_days),
    )
    return Search(visit_type, _providers(wish), wish.location_ids, limits, at, besides)


def _providers(wish: Wish) -> QuerySet[Provider]:
    """Those who give such visits; a query of its own only when a language is looked for."""
    rows = Provider.objects.active().filter(visit_types=wish.visit_type).order_by()
    if wish.provider_ids:
        rows = rows.filter(pk__in=wish.provider_ids)
    if wish.is_new:
        rows = rows.filter(accepts_new=True)
    if wish.language:
        spoken = rows.values_list("pk", "languages")
        rows = rows.filter(pk__in=[pk for pk, languages in spoken if _speaks(languages, wish.language)])
    return rows


def _speaks(languages: Iterable[str], wished: str) -> bool:
    """RFC 4647's basic filtering: the language itself, or one of its kinds."""
    wished = wished.lower()
    return any(each.lower() == wished or each.lower().startswith(f"{wished}-") for each in languages)
