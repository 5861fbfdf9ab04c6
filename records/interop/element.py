"""Reads one FHIR element with its path, and refuses what has the wrong shape.

Mappers ask an Element for what they need; a value of the wrong type raises Reject with the path to it, so
that one malformed resource is reported and never crashes an import.
"""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from records.interop.codes import canonical_system
from records.interop.outcomes import Reject
from records.interop.reading import Number
from records.patients.display import best_display
from records.patients.precision import Precision

DATE_TIME = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?)?)?")
EARLIEST_YEAR, LATEST_YEAR = 1800, 2200
# "No end known", as many systems write it.
END_OF_TIME = "9999"
SIGNIFICANT = Context(prec=15)


@dataclass(frozen=True)
class Concept:
    """A coded idea: its main coding and the sender's own words."""

    system: str = ""
    code: str = ""
    display: str = ""
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.code or self.display or self.text)

    @property
    def words(self) -> str:
        return best_display(self.text, self.display) or self.code


@dataclass(frozen=True)
class Moment:
    """A date or time with what is known of it; `at` is None when nothing is."""

    at: dt.datetime | None = None
    precision: str = ""

    def __bool__(self) -> bool:
        return self.at is not None


@dataclass(frozen=True)
class Element:
    """A JSON object of a resource and where it stands there."""

    data: dict[str, Any]
    path: str

    def __bool__(self) -> bool:
        return bool(self.data)

    def at(self, key: str) -> str:
        return f"{self.path}.{key}"

    def string(self, key: str) -> str:
        """The text under `key`, trimmed; empty when absent."""
        value = self.data.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise Reject(self.at(key), "This should be text.")
        return value.strip()

    def boolean(self, key: str) -> bool | None:
        value = self.data.get(key)
        if value is None or isinstance(value, bool):
            return value
        raise Reject(self.at(key), "This should be true or false.")

    def whole(self, key: str) -> int | None:
        """A number of things, 0 or more."""
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
            raise Reject(self.at(key), "This should be a whole number.")
        if not 0 <= value <= 2_000_000_000:
            raise Reject(self.at(key), "This number is out of range.")
        return int(value)

    def decimal_text(self, key: str) -> str:
        """A number exactly as it was written; empty when absent."""
        value = self.data.get(key)
        if value is None:
            return ""
        if isinstance(value, Number):
            return value.text
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        raise Reject(self.at(key), "This should be a number.")

    def decimal(self, key: str) -> Decimal | None:
        """To six places and at most fifteen significant digits, which every database keeps alike."""
        text = self.decimal_text(key)
        if not text:
            return None
        try:
            number = SIGNIFICANT.create_decimal(text)
        except InvalidOperation as error:
            raise Reject(self.at(key), "This is not a number.") from error
        if not number.is_finite() or abs(number) >= Decimal("1e14"):
            raise Reject(self.at(key), "This number is out of range.")
        return number.quantize(Decimal("0.000001"))

    def element(self, key: str) -> "Element":
        """The object under `key`; an empty one when absent."""
        value = self.data.get(key)
        if value is None:
            return Element({}, self.at(key))
        if not isinstance(value, dict):
            raise Reject(self.at(key), "This should be an object.")
        return Element(value, self.at(key))

    def elements(self, key: str) -> list["Element"]:
        """The objects under `key`; empty when absent."""
        value = self.data.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise Reject(self.at(key), "This should be a list of objects.")
        return [Element(item, f"{self.at(key)}[{n}]") for n, item in enumerate(value)]

    def first(self, key: str) -> "Element":
        found = self.elements(key)
        return found[0] if found else Element({}, self.at(key))

    def strings(self, key: str) -> list[str]:
        value = self.data.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise Reject(self.at(key), "This should be a list of texts.")
        return [item.strip() for item in value if item.strip()]

    def concept(self, key: str, prefer: str = "") -> Concept:
        """The CodeableConcept under `key`; its coding in system `prefer` if it has one, else the first."""
        return self.element(key).as_concept(prefer)

    def concepts(self, key: str) -> list[Concept]:
        return [item.as_concept() for item in self.elements(key)]

    def as_concept(self, prefer: str = "") -> Concept:
        codings = [item.as_coding() for item in self.elements("coding")]
        chosen = next((coding for coding in codings if prefer and coding.system == prefer), None)
        chosen = chosen or (codings[0] if codings else Concept())
        return Concept(chosen.system, chosen.code, chosen.display, self.string("text"))

    def as_coding(self) -> Concept:
        return Concept(canonical_system(self.string("system")), self.string("code"), self.string("display"))

    def moment(self, key: str) -> Moment:
        """The date, dateTime or instant under `key`."""
        text = self.string(key)
        return parse_moment(text, self.at(key)) if text else Moment()

    def period(self, key: str) -> tuple[Moment, Moment]:
        period = self.element(key)
        open_ended = period.string("end").startswith(END_OF_TIME)
        return period.moment("start"), Moment() if open_ended else period.moment("end")

    def notes(self) -> str:
        """All annotations, one paragraph each."""
        return "\n\n".join(note.string("text") for note in self.elements("note") if note.string("text"))


def parse_moment(text: str, path: str) -> Moment:
    """A FHIR date, dateTime or instant, in UTC. Times without a zone are the clinic's. Raises Reject."""
    match = DATE_TIME.fullmatch(text)
    if match is None:
        raise Reject(path, "This is not a date.")
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    if not EARLIEST_YEAR <= int(year) <= LATEST_YEAR:
        raise Reject(path, "This date cannot be right.")
    try:
        at = dt.datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            min(int(second or 0), 59),  # a leap second is the 59th here
            int((fraction or "0")[:6].ljust(6, "0")),
            tzinfo=_zone(zone) if hour else dt.UTC,
        )
    except ValueError as error:
        raise Reject(path, "There is no such date or time.") from error
    return Moment(at.astimezone(dt.UTC), _precision(month, day, hour, second))


def _zone(zone: str | None) -> dt.tzinfo:
    if zone is None:
        return timezone.get_default_timezone()
    if zone == "Z":
        return dt.UTC
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    offset = dt.timedelta(hours=hours, minutes=minutes)
    return dt.timezone(-offset if zone[0] == "-" else offset)


def _precision(month: str | None, day: str | None, hour: str | None, second: str | None) -> str:
    if month is None:
        return Precision.YEAR
    if day is None:
        return Precision.MONTH
    if hour is None:
        return Precision.DAY
    return Precision.MINUTE if second is None else Precision.SECOND
