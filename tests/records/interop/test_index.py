from typing import Any

import pytest

from records.interop.index import Index, contained

UUID = "2f0b7a52-3c1e-4d5e-9a63-000000000001"
PRACTITIONER = ("Practitioner", UUID)


@pytest.fixture
def index() -> Index:
    index = Index()
    resource = {
        "resourceType": "Practitioner",
        "id": UUID,
        "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "9941339100"}],
    }
    index.add(PRACTITIONER, resource, f"urn:uuid:{UUID}")
    index.add(("Patient", "85"), {"resourceType": "Patient", "id": "85"}, "urn:uuid:another-name")
    return index


@pytest.mark.parametrize(
    "reference",
    [
        f"urn:uuid:{UUID}",
        f"Practitioner/{UUID}",
        f"https://ehr.example/fhir/Practitioner/{UUID}",
        f"Practitioner/{UUID}/_history/3",
        f"Practitioner?_id={UUID}",
        "Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|9941339100",
        "Practitioner?identifier=urn:oid:2.16.840.1.113883.4.6|9941339100",
        "Practitioner?identifier=9941339100",
    ],
)
def test_every_way_of_pointing_finds_the_resource(index: Index, reference: str) -> None:
    assert index.key_of({"reference": reference}) == PRACTITIONER


def test_logical_reference_finds_by_identifier(index: Index) -> None:
    identifier = {"system": "http://hl7.org/fhir/sid/us-npi", "value": "9941339100"}
    assert index.key_of({"type": "Practitioner", "identifier": identifier}) == PRACTITIONER


def test_full_url_may_differ_from_the_id(index: Index) -> None:
    assert index.key_of({"reference": "urn:uuid:another-name"}) == ("Patient", "85")


@pytest.mark.parametrize(
    "reference",
    [{}, {"reference": "#inside"}, {"reference": 5}, {"reference": "nonsense"}, {"display": "Dr. Who"}],
)
def test_references_that_name_nothing_here_give_none(index: Index, reference: dict[str, Any]) -> None:
    assert index.key_of(reference) is None


def test_reference_outside_the_file_still_names_its_key(index: Index) -> None:
    assert index.key_of({"reference": "Practitioner/77"}) == ("Practitioner", "77")
    assert index.key_of({"reference": "urn:uuid:77"}) == ("", "77")


def test_contained_resource_is_found_in_its_holder() -> None:
    holder = {"contained": [{"resourceType": "Coverage", "id": "coverage"}]}
    assert contained({"reference": "#coverage"}, holder) == {"resourceType": "Coverage", "id": "coverage"}
    assert contained({"reference": "#other"}, holder) is None
