"""FHIR's value[x], interpretation and reference range as the columns of ValueFields."""

from records.interop.codes import UCUM, canonical_system
from records.interop.drafts import Columns
from records.interop.element import Element
from records.interop.outcomes import Reject
from records.results.values import Flag

COMPARATORS = ("<", "<=", ">=", ">")
# v3 ObservationInterpretation (https://terminology.hl7.org/CodeSystem-v3-ObservationInterpretation.html).
FLAGS = {flag.value: flag for flag in Flag} | {
    "LU": Flag.CRITICALLY_LOW,
    "HU": Flag.CRITICALLY_HIGH,
    "DET": Flag.POSITIVE,
    "RR": Flag.POSITIVE,
    "ND": Flag.NEGATIVE,
    "NR": Flag.NEGATIVE,
}
EMPTY: Columns = {
    "value_text": "",
    "value_number": None,
    "comparator": "",
    "unit": "",
    "unit_text": "",
    "value_code_system": "",
    "value_code": "",
    "value_display": "",
}


def value_columns(element: Element) -> Columns:
    """Everything about the value of an Observation or one of its components."""
    value = EMPTY | _value(element)
    return {
        **value,
        "absent_reason": element.concept("dataAbsentReason").words,
        **_interpretation(element),
        **_range(element, value["unit"]),
    }


def _value(element: Element) -> Columns:
    if quantity := element.element("valueQuantity"):
        return _quantity(quantity)
    if concept := element.concept("valueCodeableConcept"):
        return {
            "value_text": concept.text,
            "value_code_system": concept.system,
            "value_code": concept.code,
            "value_display": concept.display,
        }
    if (number := element.decimal("valueInteger")) is not None:
        return {"value_text": element.decimal_text("valueInteger"), "value_number": number}
    if (answer := element.boolean("valueBoolean")) is not None:
        return {"value_text": "Yes" if answer else "No"}
    if bounds := element.element("valueRange"):
        return {"value_text": _span(bounds.element("low"), bounds.element("high"))}
    if ratio := element.element("valueRatio"):
        parts = (ratio.element(key).decimal_text("value") for key in ("numerator", "denominator"))
        return {"value_text": ":".join(part for part in parts if part)}
    texts = (element.string(key) for key in ("valueString", "valueTime"))
    return {"value_text": next((text for text in texts if text), "") or str(element.moment("valueDateTime").at or "")}


def _quantity(quantity: Element) -> Columns:
    comparator = quantity.string("comparator")
    if comparator and comparator not in COMPARATORS:
        raise Reject(quantity.at("comparator"), "This comparator is not known.")
    return {
        "value_text": quantity.decimal_text("value"),
        "value_number": quantity.decimal("value"),
        "comparator": comparator,
        "unit": unit_of(quantity),
        "unit_text": quantity.string("unit"),
    }


def unit_of(quantity: Element) -> str:
    """The UCUM code; a unit that is only words is its own code, so that series never mix two."""
    system = canonical_system(quantity.string("system"))
    code = quantity.string("code")
    return code if code and system in (UCUM, "") else quantity.string("unit")


def _interpretation(element: Element) -> Columns:
    concepts = element.concepts("interpretation")
    flags = (FLAGS[concept.code] for concept in concepts if concept.code in FLAGS)
    words = [concept.words for concept in concepts if concept.words]
    return {"flag": next(flags, ""), "flag_text": ", ".join(words)}


def _range(element: Element, unit: str) -> Columns:
    """The normal range in the value's own unit as numbers; anything else as words."""
    ranges = [item for item in element.elements("referenceRange") if item.concept("type").code in ("", "normal")]
    columns: Columns = {"range_low": None, "range_high": None, "range_text": ""}
    if len(ranges) != 1:
        return columns | {"range_text": "; ".join(_range_words(item) for item in ranges)}
    low, high = ranges[0].element("low"), ranges[0].element("high")
    if all(unit_of(bound) in ("", unit) for bound in (low, high) if bound):
        return {
            "range_low": low.decimal("value"),
            "range_high": high.decimal("value"),
            "range_text": ranges[0].string("text"),
        }
    return columns | {"range_text": _range_words(ranges[0])}


def _range_words(item: Element) -> str:
    words = item.string("text") or _span(item.element("low"), item.element("high"))
    groups = [concept.words for concept in item.concepts("appliesTo")]
    return f"{words} ({', '.join(groups)})" if groups else words


def _span(low: Element, high: Element) -> str:
    first, last = low.decimal_text("value"), high.decimal_text("value")
    unit = low.string("unit") or high.string("unit")
    if first and last:
        return f"{first}–{last} {unit}".strip()
    return (f"≥ {first} {unit}" if first else f"≤ {last} {unit}" if last else "").strip()
