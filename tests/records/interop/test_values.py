from decimal import Decimal
from typing import Any

import pytest

from records.interop.element import Element
from records.interop.outcomes import Reject
from records.interop.reading import Number
from records.interop.values import value_columns


def columns(**data: Any) -> dict[str, Any]:
    return value_columns(Element(data, "Observation"))


def quantity(text: str, unit: str = "mg/dL", **more: Any) -> dict[str, Any]:
    return {"value": Number(text), "unit": unit, "code": unit, "system": "http://unitsofmeasure.org", **more}


def test_quantity_keeps_text_number_comparator_and_unit() -> None:
    value = columns(valueQuantity=quantity("0.10", comparator="<"))
    assert (value["value_text"], value["value_number"], value["comparator"], value["unit"]) == (
        "0.10",
        Decimal("0.1"),
        "<",
        "mg/dL",
    )


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"valueString": "Recommend urine culture"}, "Recommend urine culture"),
        ({"valueInteger": 3}, "3"),
        ({"valueBoolean": True}, "Yes"),
        ({"valueRange": {"low": quantity("1"), "high": quantity("2")}}, "1–2 mg/dL"),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, "1:128"),
        ({"valueCodeableConcept": {"text": "Negative"}}, "Negative"),
        ({}, ""),
    ],
)
def test_every_kind_of_value_has_words(data: dict[str, Any], text: str) -> None:
    assert columns(**data)["value_text"] == text


def test_unknown_comparator_is_refused() -> None:
    with pytest.raises(Reject):
        columns(valueQuantity=quantity("1", comparator="about"))


@pytest.mark.parametrize(("code", "flag"), [("H", "H"), ("HH", "HH"), ("HU", "HH"), ("ND", "NEG"), ("R", ""), ("", "")])
def test_flags_are_the_laboratorys_or_none(code: str, flag: str) -> None:
    given = {"interpretation": [{"coding": [{"code": code, "display": "Words"}]}]} if code else {}
    assert columns(valueQuantity=quantity("9999"), **given)["flag"] == flag


def test_range_in_the_values_unit_is_numbers_and_in_another_is_words() -> None:
    same = columns(valueQuantity=quantity("5"), referenceRange=[{"low": quantity("4"), "high": quantity("6")}])
    other = columns(valueQuantity=quantity("5"), referenceRange=[{"low": quantity("4", "g/L")}])
    assert (same["range_low"], same["range_high"], same["range_text"]) == (Decimal(4), Decimal(6), "")
    assert (other["range_low"], other["range_text"]) == (None, "≥ 4 g/L")


def test_several_ranges_are_all_shown() -> None:
    ranges = [
        {"low": quantity("4"), "appliesTo": [{"text": "women"}]},
        {"low": quantity("5"), "appliesTo": [{"text": "men"}]},
    ]
    assert columns(referenceRange=ranges)["range_text"] == "≥ 4 mg/dL (women); ≥ 5 mg/dL (men)"


def test_absence_has_its_reason() -> None:
    assert columns(dataAbsentReason={"text": "Sample clotted"})["absent_reason"] == "Sample clotted"
