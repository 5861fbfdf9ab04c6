"""What can be asked for about a prescription today, and why not the rest: the law and the clinic's rules, without a database.

Sources. Schedule II has no refills (21 CFR 1306.12(a)). Schedules III and IV: at most five refills, none later than
six months after the date the prescription was issued (21 CFR 1306.22(a)). Schedule V and all others: as the
prescriber ordered. Until when those are good is state law: a year in most states (settings.PRESCRIPTION_MONTHS).
"""

import calendar
import datetime as dt
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.refills.controlled import Schedule
from records.refills.states import Kind

# 21 CFR 1306.22(a)
LIMITED = frozenset({Schedule.III, Schedule.IV})
MOST_REFILLS, LIMITED_MONTHS = 5, 6
# What a prescription is called that goes on.
GOING_ON = frozenset({"active", "unknown", ""})


class Why(models.TextChoices):
    """What decides about a prescription."""

    NONE_LEFT = "none_left", _("No refills are left")
    EXPIRED = "expired", _("The prescription has expired")
    UNKNOWN = "unknown", _("We do not know how many refills are left")
    NO_REFILLS_BY_LAW = "by_law", _("The law allows no refills of this medication")
    OUR_PHARMACY = "our_pharmacy", _("Our own pharmacy fills it")
    AT_PHARMACY = "at_pharmacy", _("Your pharmacy can fill it")
    TOO_SOON = "too_soon", _("It is too soon")
    OPEN = "open", _("It is asked for already")
    STOPPED = "stopped", _("It was stopped or has ended")
    ON_HOLD = "on_hold", _("It is on hold")
    OTHER_PRESCRIBER = "other_prescriber", _("Somebody else prescribes it")
    HOSPITAL = "hospital", _("It was for a stay in the hospital")


@dataclass(frozen=True)
class Rules:
    """What the clinic decides itself."""

    early_days: int
    valid_months: int


@dataclass(frozen=True)
class Facts:
    """What is known of a prescription. Dates are days of the clinic's calendar; None is "not known".

    `fills` counts what was handed over, the first fill included; `supplied_on` is when the latest supply began, or
    was sent for.
    """

    status: str = "active"
    schedule: str = ""
    is_reported: bool = False
    is_inpatient: bool = False
    written_on: dt.date | None = None
    valid_until: dt.date | None = None
    refills_allowed: int | None = None
    fills: int = 0
    supplied_on: dt.date | None = None
    days_supply: int | None = None
    is_filled_by_us: bool = False
    has_open_request: bool = False


@dataclass(frozen=True)
class Verdict:
    """`kind` is what can be asked for now; None when nothing can, and `why` says which. `from_date`: not before then.

    `last_day` and `refills_left` are what the prescription still allows, as far as it is known.
    """

    why: Why
    kind: Kind | None = None
    from_date: dt.date | None = None
    last_day: dt.date | None = None
    refills_left: int | None = None


def judge(facts: Facts, today: dt.date, rules: Rules) -> Verdict:
    """The first rule that fits: what stands against asking at all, then the law, then what is left."""
    against = _against(facts)
    if against is not None:
        return Verdict(against)
    last_day, left = last_day_of(facts, rules), refills_left(facts)
    kind, why = _way(facts, today, last_day, left)
    soon = _too_soon_until(facts, today, rules)
    if soon is not None and why != Why.AT_PHARMACY:
        return Verdict(Why.TOO_SOON, None, soon, last_day, left)
    return Verdict(why, kind, soon, last_day, left)


def _against(facts: Facts) -> Why | None:
    if facts.has_open_request:
        return Why.OPEN
    if facts.status == "on-hold":
        return Why.ON_HOLD
    if facts.status not in GOING_ON:
        return Why.STOPPED
    if facts.is_reported:
        return Why.OTHER_PRESCRIBER
    return Why.HOSPITAL if facts.is_inpatient else None


def _way(facts: Facts, today: dt.date, last_day: dt.date | None, left: int | None) -> tuple[Kind | None, Why]:
    if facts.schedule == Schedule.II:
        return Kind.NEW_PRESCRIPTION, Why.NO_REFILLS_BY_LAW
    if last_day is not None and today > last_day:
        return Kind.RENEWAL, Why.EXPIRED
    if left is None or last_day is None:
        return Kind.RENEWAL, Why.UNKNOWN
    if left == 0:
        return Kind.RENEWAL, Why.NONE_LEFT
    return (Kind.REFILL, Why.OUR_PHARMACY) if facts.is_filled_by_us else (None, Why.AT_PHARMACY)


def last_day_of(facts: Facts, rules: Rules) -> dt.date | None:
    """The last day on which the prescription may be filled; None when it is not known.

    Schedules III and IV end six months after the date written, whatever else the prescription says.
    """
    if facts.schedule in LIMITED:
        by_law = add_months(facts.written_on, LIMITED_MONTHS) if facts.written_on else None
        known = [day for day in (by_law, facts.valid_until) if day is not None]
        return min(known) if by_law else None
    if facts.valid_until is not None:
        return facts.valid_until
    return add_months(facts.written_on, rules.valid_months) if facts.written_on else None


def refills_left(facts: Facts) -> int | None:
    """What was ordered less what was refilled: the first fill is no refill. None when the order does not say."""
    if facts.schedule == Schedule.II:
        return 0
    if facts.refills_allowed is None:
        return None
    allowed = min(facts.refills_allowed, MOST_REFILLS) if facts.schedule in LIMITED else facts.refills_allowed
    return max(allowed - max(facts.fills - 1, 0), 0)


def _too_soon_until(facts: Facts, today: dt.date, rules: Rules) -> dt.date | None:
    """The first day on which it can be asked for, while that is ahead."""
    if facts.supplied_on is None or facts.days_supply is None:
        return None
    first = facts.supplied_on + dt.timedelta(days=facts.days_supply - rules.early_days)
    return first if today < first else None


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of a later month; its last day where it has no such day: August 31 and six months is February 28."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
