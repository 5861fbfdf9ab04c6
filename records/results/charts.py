"""The geometry of two pictures: a value on its range, and values over time. Templates only place it."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from records.results.values import CRITICAL, OUT_OF_RANGE, ValueFields, plain_number

RANGE_WIDTH, RANGE_MARGIN = 400, 24
TREND_WIDTH, TREND_HEIGHT = 460, 220
TREND_LEFT, TREND_RIGHT, TREND_TOP, TREND_BOTTOM = 48, 444, 20, 182


@dataclass(frozen=True)
class Tick:
    """A label and where it stands, in SVG units."""

    at: str
    label: str


@dataclass(frozen=True)
class RangeBar:
    """A value on the laboratory's range; positions in SVG units as strings, for any locale."""

    low: str
    width: str
    marker: str
    kind: str
    ticks: list[Tick]
    value: Tick


@dataclass(frozen=True)
class Point:
    x: str
    y: str
    kind: str


@dataclass(frozen=True)
class Trend:
    """One or two lines over time with the laboratory's band behind them."""

    lines: list[str]
    points: list[Point]
    band: tuple[str, str] | None
    y_ticks: list[Tick]
    x_ticks: list[Tick]


@dataclass(frozen=True)
class Reading:
    """One value at one time, for a trend."""

    at: dt.datetime
    value: Decimal
    kind: str = ""


def kind_of(value: ValueFields) -> str:
    """How a point is coloured, by the laboratory's own flag."""
    if value.flag in CRITICAL:
        return "bad"
    return "warn" if value.flag in OUT_OF_RANGE else ""


def range_bar(value: ValueFields) -> RangeBar | None:
    """None unless there is a number and both ends of a range: nothing is drawn that was not given."""
    number, low, high = value.value_number, value.range_low, value.range_high
    if number is None or low is None or high is None or low >= high:
        return None
    span = high - low
    start, end = min(low - span / 2, number - span / 5), max(high + span / 2, number + span / 5)
    scale = (RANGE_WIDTH - 2 * RANGE_MARGIN) / (end - start)

    def x(amount: Decimal) -> Decimal:
        return RANGE_MARGIN + (amount - start) * scale

    return RangeBar(
        low=_svg(x(low)),
        width=_svg(x(high) - x(low)),
        marker=_svg(x(number)),
        kind=kind_of(value),
        ticks=[Tick(_svg(x(low)), plain_number(low)), Tick(_svg(x(high)), plain_number(high))],
        value=Tick(_svg(x(number)), value.shown_value),
    )


def trend(
    lines: Sequence[Sequence[Reading]], *, low: Decimal | None = None, high: Decimal | None = None
) -> Trend | None:
    """None with fewer than two readings on a line: one point is no trend."""
    drawn = [line for line in lines if len(line) > 1]
    if not drawn:
        return None
    readings = [reading for line in drawn for reading in line]
    values = [reading.value for reading in readings]
    bottom = min([*values, *([low] if low is not None else [])])
    top = max([*values, *([high] if high is not None else [])])
    pad = (top - bottom) / 10 or abs(top) / 10 or Decimal(1)
    bottom, top = bottom - pad, top + pad
    first, last = min(r.at for r in readings), max(r.at for r in readings)
    seconds = Decimal((last - first).total_seconds()) or Decimal(1)

    def x(at: dt.datetime) -> Decimal:
        return TREND_LEFT + 8 + Decimal((at - first).total_seconds()) / seconds * (TREND_RIGHT - TREND_LEFT - 16)

    def y(value: Decimal) -> Decimal:
        return TREND_BOTTOM - (value - bottom) / (top - bottom) * (TREND_BOTTOM - TREND_TOP)

    points = [Point(_svg(x(r.at)), _svg(y(r.value)), _point_kind(r, line)) for line in drawn for r in line]
    band, marks = None, _spread(bottom, top)
    if low is not None and high is not None:
        band, marks = (_svg(y(high)), _svg(y(low) - y(high))), [low, high]
    return Trend(
        lines=[" ".join(f"{_svg(x(r.at))},{_svg(y(r.value))}" for r in line) for line in drawn],
        points=points,
        band=band,
        y_ticks=[Tick(_svg(y(mark)), plain_number(mark)) for mark in marks],
        x_ticks=_years(first, last, x),
    )


def _point_kind(reading: Reading, line: Sequence[Reading]) -> str:
    return reading.kind or ("last" if reading is line[-1] else "")


def _spread(bottom: Decimal, top: Decimal) -> list[Decimal]:
    """Three round marks between two values."""
    step = Decimal(1).scaleb(((top - bottom) / 4).adjusted())
    while (top - bottom) / step > 5:
        step *= 2
    mark = (bottom / step).to_integral_value(rounding="ROUND_CEILING") * step
    marks = []
    while mark <= top:
        marks.append(mark)
        mark += step
    return marks


def _years(first: dt.datetime, last: dt.datetime, x: Callable[[dt.datetime], Decimal]) -> list[Tick]:
    years = range(first.year + 1, last.year + 1)
    step = len(years) // 5 + 1
    ticks = [Tick(_svg(x(first.replace(year=year, month=1, day=1))), str(year)) for year in years[::step]]
    return ticks or [Tick(_svg(x(first)), str(first.year))]


def _svg(number: Decimal) -> str:
    """One decimal with a point, whatever the locale."""
    return f"{number:.1f}"
