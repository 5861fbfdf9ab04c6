from typing import Any

import pytest

from records.interop.redaction import REMOVED, Redactor, without_attachments


def typed(code: str, value: str, **more: Any) -> dict[str, Any]:
    return {"type": {"coding": [{"code": code}]}, "value": value, **more}


@pytest.mark.parametrize(
    "identifier",
    [
        typed("SS", "999-12-3456"),
        typed("DL", "S99912345"),
        typed("PPN", "X12345678X"),
        {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "999-12-3456"},
        {"system": "urn:oid:2.16.840.1.113883.4.1", "value": "999-12-3456"},
        {"system": "urn:oid:2.16.840.1.113883.4.3.25", "value": "S99912345"},
        {"system": "http://standardhealthrecord.org/fhir/StructureDefinition/passportNumber", "value": "X12345678X"},
        {"type": {"text": "Social Security Number"}, "value": "999-12-3456"},
        {"type": {"coding": [{"code": "x", "display": "Driver's License"}]}, "value": "S99912345"},
    ],
)
def test_secret_identifiers_and_their_values_go_wherever_they_stand(identifier: dict[str, Any]) -> None:
    value = identifier["value"]
    resource = {
        "identifier": [typed("MR", "MRN-1"), identifier],
        "contained": [{"identifier": [identifier]}],
        "subject": {"identifier": identifier, "display": "Nora"},
        "text": {"div": f"<div>Known as {value}.</div>"},
        "note": [{"text": value.replace("-", "")}],
    }
    cleaned = Redactor([resource]).clean(resource)
    assert cleaned["identifier"] == [typed("MR", "MRN-1")]
    assert cleaned["contained"] == [{"identifier": []}]
    assert cleaned["subject"] == {"display": "Nora"}
    assert cleaned["text"]["div"] == f"<div>Known as {REMOVED}.</div>"
    assert cleaned["note"] == [{"text": REMOVED}]


def test_social_security_numbers_of_others_go_by_their_shape() -> None:
    assert Redactor([]).text("Her mother's is 123-45-6789.") == f"Her mother's is {REMOVED}."


@pytest.mark.parametrize("text", ["860-555-0142", "2019-03-04", "4548-4", "a1b2-123-45-6789-c3", "10-12-2019"])
def test_other_figures_stay(text: str) -> None:
    assert Redactor([]).text(text) == text


def test_provider_numbers_and_clinic_ids_stay() -> None:
    npi = {"system": "http://hl7.org/fhir/sid/us-npi", "value": "9941339100"}
    assert Redactor([{"identifier": [npi]}]).clean({"identifier": [npi]}) == {"identifier": [npi]}


def test_hostile_shapes_do_not_break_it() -> None:
    odd = {"identifier": {"value": 5, "type": {"coding": [{"code": {"a": 1}}, 7], "text": []}, "system": None}}
    assert Redactor([odd]).clean(odd) == odd


def test_bytes_of_attachments_are_not_kept_twice() -> None:
    resource = {"content": [{"attachment": {"contentType": "text/plain", "data": "QQ==", "title": "A"}}], "data": "x"}
    assert without_attachments(resource) == {
        "content": [{"attachment": {"contentType": "text/plain", "title": "A"}}],
        "data": "x",
    }
