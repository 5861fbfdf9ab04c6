from typing import Any

import pytest
from django.db import IntegrityError

from records.interop import registry
from records.interop.context import PatientContext
from records.interop.outcomes import Outcome, Reject
from records.models import Encounter, ImportIssue, PatientName
from tests.factories import fhir
from tests.records.interop.conftest import Import

CLAIM = {"resourceType": "Claim", "id": "k1", "patient": fhir.SUBJECT, "insurer": {"display": "Aetna"}}


@pytest.fixture(autouse=True)
def _empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_mappers", {})


def keep(resource: dict[str, Any], context: PatientContext) -> Outcome:
    context.warn(resource, "Claim.total", "It has no total.")
    return Outcome.CREATED


def test_type_without_mapper_is_counted_with_the_reason(db: None, bring_in: Import) -> None:
    batch = bring_in(fhir.patient(), CLAIM).batch
    assert (batch.counts["Claim"]["not_kept"], batch.not_kept["Claim"]) == (1, "Billing is not installed.")


def test_registered_mapper_decides_what_becomes_of_its_type(db: None, bring_in: Import) -> None:
    registry.register("Claim", keep)
    batch = bring_in(fhir.patient(), CLAIM).batch
    assert batch.counts["Claim"]["created"] == 1
    issue = ImportIssue.objects.get()
    assert (issue.severity, issue.resource_id, issue.path) == ("warning", "k1", "Claim.total")


def test_what_a_failing_mapper_wrote_is_undone_and_the_rest_kept(db: None, bring_in: Import) -> None:
    def refuse(resource: dict[str, Any], context: PatientContext) -> Outcome:
        PatientName.objects.create(patient=context.patient, family="Half")
        raise Reject("Claim.item", "It has no lines.") if resource["id"] == "k1" else IntegrityError("Aetna twice")

    registry.register("Claim", refuse)
    batch = bring_in(fhir.patient(), fhir.encounter(), CLAIM, CLAIM | {"id": "k2"}).batch
    assert batch.resources_rejected == 2
    assert Encounter.objects.exists()
    assert not PatientName.objects.filter(family="Half").exists()
    assert not any("Aetna" in issue.reason for issue in ImportIssue.objects.all())


def test_two_mappers_for_one_type_are_a_mistake() -> None:
    registry.register("Claim", keep)
    registry.register("Claim", keep)
    with pytest.raises(ValueError, match="Claim"):
        registry.register("Claim", lambda resource, context: Outcome.CREATED)
