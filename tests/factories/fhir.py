"""FHIR resources as a clinic's system would send them, as small as each test needs."""

import json
from pathlib import Path
from typing import Any

PATIENT_ID = "p1"
SUBJECT = {"reference": f"Patient/{PATIENT_ID}"}
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"


def patient(external_id: str = PATIENT_ID, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": external_id,
        "identifier": [
            {"type": {"coding": [{"code": "MR"}]}, "value": "MRN-1"},
            {"type": {"coding": [{"code": "SS"}]}, "system": "http://hl7.org/fhir/sid/us-ssn", "value": "999-12-3456"},
        ],
        "name": [{"use": "official", "family": "Reyes", "given": ["Nora", "Ann"]}],
        "gender": "female",
        "birthDate": "1985-04-12",
        **more,
    }


def concept(code: str, display: str = "", system: str = SNOMED, **more: Any) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display or code}], **more}


def resource(resource_type: str, external_id: str = "x1", **more: Any) -> dict[str, Any]:
    subject = {"patient": SUBJECT} if resource_type in ("AllergyIntolerance", "Immunization") else {"subject": SUBJECT}
    return {"resourceType": resource_type, "id": external_id, **subject, **more}


def condition(external_id: str = "c1", **more: Any) -> dict[str, Any]:
    return resource("Condition", external_id, **{"code": concept("44054006", "Diabetes"), **more})


def encounter(external_id: str = "e1", **more: Any) -> dict[str, Any]:
    return resource("Encounter", external_id, status="finished", **more)


def lab(external_id: str = "o1", value: Any = 5.6, unit: str = "%", **more: Any) -> dict[str, Any]:
    return {
        **resource("Observation", external_id, status="final", effectiveDateTime="2026-03-04"),
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": concept("4548-4", "Hemoglobin A1c", LOINC),
        "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
        **more,
    }


def report(external_id: str = "r1", results: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    return {
        **resource("DiagnosticReport", external_id, status="final"),
        "category": [{"coding": [{"code": "LAB"}]}],
        "code": concept("51990-0", "Basic metabolic panel", LOINC),
        "result": [{"reference": f"Observation/{name}"} for name in results],
        **more,
    }


def bundle(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources], **more}


def write(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path
