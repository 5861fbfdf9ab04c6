"""Whatever a resource looks like, the import ends with a count and never with a crash."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records.interop.actions import import_fhir
from records.models import Condition
from tests.factories import fhir
from tests.records.interop.conftest import AT

WHY = {"reasonReference": [{"reference": "Condition/c1", "display": "Diabetes"}]}
MED = {"medicationCodeableConcept": fhir.concept("1", "Ibuprofen")}
ATTACHMENT = {"attachment": {"contentType": "text/plain", "data": "QUJD", "title": "A"}}
# One full resource of every mapped type: each of their elements is broken in turn.
FULL: list[dict[str, Any]] = [
    fhir.patient(
        telecom=[{"system": "phone", "value": "1", "use": "home"}],
        address=[{"line": ["1 Main St"], "city": "Boston", "period": {"start": "2020"}}],
        communication=[{"language": fhir.concept("es"), "preferred": True}],
        extension=[{"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race", "extension": [{"url": "text", "valueString": "White"}]}],
        maritalStatus=fhir.concept("M"),
        deceasedDateTime="2020-05",
    ),
    {"resourceType": "Organization", "id": "org", "name": "Clinic", "type": [fhir.concept("prov")], "telecom": [{"system": "phone", "value": "1"}]},
    {"resourceType": "Location", "id": "loc", "name": "Ward", "address": {"line": ["1"]}, "managingOrganization": {"reference": "Organization/org"}},
    {"resourceType": "Practitioner", "id": "doc", "name": [{"family": "Okafor", "given": ["Ada"]}], "identifier": [{"system": "s", "value": "v"}]},
    {"resourceType": "PractitionerRole", "id": "role", "practitioner": {"reference": "Practitioner/doc"}, "specialty": [fhir.concept("1")]},
    {"resourceType": "Medication", "id": "med", "code": fhir.concept("1"), "form": fhir.concept("2")},
    {"resourceType": "RelatedPerson", "id": "rel", "patient": fhir.SUBJECT, "name": [{"text": "Sam"}], "relationship": [fhir.concept("ROOM")]},
    {"resourceType": "Coverage", "id": "cov", "beneficiary": fhir.SUBJECT, "payor": [{"display": "A"}], "class": [{"type": fhir.concept("plan"), "value": "g"}]},
    fhir.encounter(type=[fhir.concept("1")], participant=[{"individual": {"reference": "Practitioner/doc"}}], period={"start": "2020"}, **WHY),
    fhir.condition(category=[fhir.concept("encounter-diagnosis")], onsetDateTime="2019", note=[{"text": "x"}]),
    fhir.resource("Procedure", "x", code=fhir.concept("1"), performer=[{"actor": {"display": "Dr."}}], bodySite=[fhir.concept("2")], **WHY),
    fhir.resource("AllergyIntolerance", "x", code=fhir.concept("1"), category=["food"], reaction=[{"manifestation": [fhir.concept("2")]}]),
    fhir.resource("Immunization", "x", vaccineCode=fhir.concept("1"), protocolApplied=[{"doseNumberPositiveInt": 1}], doseQuantity={"value": 1.5}),
    fhir.resource("MedicationRequest", "x", dosageInstruction=[{"timing": {"repeat": {"frequency": 1, "period": 2.0, "periodUnit": "d"}}}], **MED, **WHY),
    fhir.resource("MedicationStatement", "x", effectivePeriod={"start": "2020"}, dosage=[{"text": "daily"}], **MED),
    fhir.resource("MedicationDispense", "x", quantity={"value": 1}, performer=[{"actor": {"reference": "Organization/org"}}], **MED),
    fhir.resource("Goal", "x", description={"text": "Walk"}, target=[{"dueDate": "2020", "detailQuantity": {"value": 1}}]),
    fhir.resource("CareTeam", "x", participant=[{"member": {"reference": "Practitioner/doc"}, "role": [fhir.concept("1")]}], **WHY),
    fhir.resource("CarePlan", "x", category=[fhir.concept("1")], activity=[{"detail": {"code": fhir.concept("2")}}], goal=[{"reference": "Goal/x"}]),
    fhir.report(results=("o1",), presentedForm=[ATTACHMENT["attachment"]], conclusionCode=[fhir.concept("1")]),
    fhir.lab(referenceRange=[{"low": {"value": 1}, "type": fhir.concept("normal")}], interpretation=[fhir.concept("H")], hasMember=[{"reference": "Observation/o2"}]),
    fhir.lab("o2", component=[{"code": fhir.concept("1"), "valueQuantity": {"value": 1, "comparator": "<"}}]),
    fhir.resource("DocumentReference", "x", content=[ATTACHMENT], context={"encounter": [{"reference": "Encounter/e1"}], "period": {"start": "2020"}}),
]  # fmt: skip

JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.sampled_from(["\x00", "\ud800", "x" * 30_000, 10**40, -1, float("nan"), [], {}, [None], [[]], [{}], {"a": {}}, {"reference": 5}]),
)  # fmt: skip


def _places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [place for key, value in items for place in [(*path, key), *_places(value, (*path, key))]]


@st.composite
def broken(draw: st.DrawFn) -> list[dict[str, Any]]:
    """The full file with a few values replaced by junk; the patient's key stays, so that the rest has a home."""
    resources = json.loads(json.dumps(FULL))  # nothing shared between them
    for _ in range(draw(st.integers(1, 4))):
        resource = draw(st.sampled_from(resources))
        places = [place for place in _places(resource) if place[0] not in ("resourceType", "id")]
        *path, last = draw(st.sampled_from(places))
        node: Any = resource
        for step in path:
            node = node[step] if isinstance(node, dict | list) else {}
        if isinstance(node, dict | list):
            node[last] = draw(JUNK)
    return resources


def test_the_full_file_is_kept_whole(db: None, tmp_path: Path) -> None:
    [report] = import_fhir([fhir.write(tmp_path / "a.json", fhir.bundle(*FULL))], at=AT)
    assert (report.batch.resources_kept, report.issues) == (len(FULL), [])


@pytest.mark.django_db
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
@given(resources=broken())
def test_junk_anywhere_is_counted_and_the_rest_kept(tmp_path: Path, resources: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        path = fhir.write(tmp_path / "a.json", fhir.bundle(*resources))
        [report] = import_fhir([path], at=AT)
        batch = report.batch
        assert batch.resources_in == len(FULL) == batch.resources_kept + batch.resources_rejected
        if "Patient" not in {issue.resource_type for issue in report.issues}:
            assert batch.resources_rejected <= 4, [(i.resource_type, i.path, i.reason) for i in report.issues]
        else:
            assert not Condition.objects.exists()
        transaction.set_rollback(True)
