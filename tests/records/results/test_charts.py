import datetime as dt
from decimal import Decimal

import pytest

from records.results.charts import Reading, range_bar, trend
from records.results.models import Observation

DAY = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)


def value(number, low="4.0", high="5.6", flag=""):
    def decimal(text):
        return Decimal(text) if text else None

    return Observation(
        value_text=number, value_number=decimal(number), range_low=decimal(low), range_high=decimal(high), flag=flag
    )


def readings(*pairs):
    return [Reading(DAY + dt.timedelta(days=days), Decimal(number)) for days, number in pairs]


def test_marker_stands_inside_the_band_exactly_when_the_value_does():
    for number, inside in (("4.0", True), ("5.6", True), ("4.8", True), ("6.1", False), ("3.2", False)):
        bar = range_bar(value(number))
        start, end = float(bar.low), float(bar.low) + float(bar.width)
        assert (start - 0.1 <= float(bar.marker) <= end + 0.1) is inside, number


def test_value_far_outside_is_still_on_the_picture():
    for number in ("99", "0.01"):
        assert 0 <= float(range_bar(value(number)).marker) <= 400


@pytest.mark.parametrize("missing", [{"number": ""}, {"low": ""}, {"high": ""}, {"low": "5.6", "high": "4.0"}])
def test_nothing_is_drawn_that_was_not_given(missing):
    assert range_bar(value(**{"number": "5", **missing})) is None


def test_colour_follows_the_laboratorys_flag_and_nothing_else():
    assert range_bar(value("9", flag="")).kind == ""
    assert range_bar(value("5", flag="HH")).kind == "bad"
    assert range_bar(value("5", flag="H")).kind == "warn"


def test_one_reading_is_no_trend():
    assert trend([readings((0, "5"))]) is None
    assert trend([]) is None


def test_later_stands_right_and_higher_stands_up():
    picture = trend([readings((0, "5"), (100, "6"), (200, "5.5"))])
    xs, ys = [float(p.x) for p in picture.points], [float(p.y) for p in picture.points]
    assert xs == sorted(xs)
    assert ys[1] < ys[2] < ys[0]


def test_band_lies_where_the_range_is():
    picture = trend([readings((0, "4.0"), (10, "5.6"))], low=Decimal("4.0"), high=Decimal("5.6"))
    top, height = map(float, picture.band)
    assert top == pytest.approx(float(picture.points[1].y), abs=0.1)
    assert top + height == pytest.approx(float(picture.points[0].y), abs=0.2)
    assert [tick.label for tick in picture.y_ticks] == ["4", "5.6"]


def test_same_value_every_time_is_a_level_line():
    picture = trend([readings((0, "7"), (50, "7"))])
    assert picture.points[0].y == picture.points[1].y


def test_readings_of_one_moment_do_not_divide_by_zero():
    assert trend([readings((0, "7"), (0, "8"))]) is not None


def test_leap_day_as_first_reading_has_years_below():
    first = Reading(dt.datetime(2024, 2, 29, tzinfo=dt.UTC), Decimal(1))
    last = Reading(dt.datetime(2026, 1, 5, tzinfo=dt.UTC), Decimal(2))
    assert [tick.label for tick in trend([[first, last]]).x_ticks] == ["2025", "2026"]
