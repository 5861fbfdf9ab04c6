from decimal import Decimal
from typing import Any

import pytest

from records.interop.element import Element, parse_moment
from records.interop.outcomes import Reject
from records.interop.reading import Number


def element(**data: Any) -> Element:
    return Element(data, "Thing")


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("2019", "2019-01-01 00:00:00", "year"),
        ("2019-03", "2019-03-01 00:00:00", "month"),
        ("2019-03-04", "2019-03-04 00:00:00", "day"),
        ("2019-03-04T10:15Z", "2019-03-04 10:15:00", "minute"),
        ("2019-03-04T10:15:30-05:00", "2019-03-04 15:15:30", "second"),
        ("2019-03-04T10:15:30.123456789Z", "2019-03-04 10:15:30.123456", "second"),
        ("2016-12-31T23:59:60Z", "2016-12-31 23:59:59", "second"),
        # Without a zone the clinic's clock is meant (New York).
        ("2019-07-04T10:15:30", "2019-07-04 14:15:30", "second"),
    ],
)
def test_dates_keep_what_is_known_of_them(text: str, at: str, precision: str) -> None:
    moment = parse_moment(text, "x")
    assert (str(moment.at), moment.precision) == (at + "+00:00", precision)


@pytest.mark.parametrize(
    "text", ["2019-13-45", "2019-02-30", "0001-01-01", "99999", "yesterday", "2019-03-04T25:00:00Z", "2019-3-4", "2500"]
)
def test_absurd_dates_are_refused(text: str) -> None:
    with pytest.raises(Reject):
        parse_moment(text, "x")


def test_period_until_the_end_of_time_is_open() -> None:
    start, end = element(period={"start": "2020-01-01", "end": "9999-12-31"}).period("period")
    assert start.precision == "day"
    assert not end


def test_decimals_keep_their_text_and_compute_to_six_places() -> None:
    thing = element(value=Number("152.0779458245947"))
    assert thing.decimal_text("value") == "152.0779458245947"
    assert thing.decimal("value") == Decimal("152.077946")


@pytest.mark.parametrize("value", [Number("NaN"), Number("1e999"), Number("1e20"), 10**25, "5.6", True])
def test_numbers_that_no_column_holds_are_refused(value: Any) -> None:
    with pytest.raises(Reject):
        element(value=value).decimal("value")


@pytest.mark.parametrize(
    ("method", "value"),
    [
        ("string", 5),
        ("string", ["a"]),
        ("boolean", "true"),
        ("whole", 1.5),
        ("whole", -1),
        ("element", "a"),
        ("elements", {"a": 1}),
        ("elements", ["a"]),
        ("strings", [1]),
        ("moment", 2019),
        ("concept", "a"),
        ("concept", {"coding": {"code": "x"}}),
    ],
)
def test_wrong_shapes_are_refused_with_their_path(method: str, value: Any) -> None:
    with pytest.raises(Reject) as caught:
        getattr(element(key=value), method)("key")
    assert caught.value.path.startswith("Thing.key")


def test_concept_prefers_the_wanted_system_and_mends_known_misspellings() -> None:
    thing = element(
        code={
            "coding": [{"system": "urn:local", "code": "A"}, {"system": "http://loinc", "code": "4548-4"}],
            "text": "A1c",
        }
    )
    assert thing.concept("code", prefer="http://loinc.org").code == "4548-4"
    assert thing.concept("code", prefer="http://loinc.org").system == "http://loinc.org"
    assert thing.concept("code").code == "A"
    assert thing.concept("code").words == "A1c"
