"""Makes the row that a detail page opens, for a given patient, and says which URL arguments name it."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from records.models import DiagnosticReport, DocumentReference, Encounter, Observation, Patient
from records.refills.states import State
from tests.factories.appointments import (
    AppointmentFactory,
    AppointmentRequestFactory,
    HeldFactory,
    WaitlistOfferFactory,
)
from tests.factories.messaging import MessageFactory, StoredFileFactory
from tests.factories.refills import RefillItemFactory

type Arguments = dict[str, Any]


def visit(patient: Patient) -> Arguments:
    return {"visit": _released(Encounter, patient)}


def report(patient: Patient) -> Arguments:
    return {"report": _released(DiagnosticReport, patient, status="final")}


def result(patient: Patient) -> Arguments:
    return {"result": _released(Observation, patient, status="final", category=Observation.Category.LABORATORY)}


def vital(patient: Patient) -> Arguments:
    return {"vital": _released(Observation, patient, status="final", category=Observation.Category.VITAL_SIGNS)}


def conversation(patient: Patient) -> Arguments:
    """One that was begun long ago, with one message of the clinic's."""
    return {"conversation": MessageFactory(conversation__patient=patient).conversation.pk}


def attachment(patient: Patient) -> Arguments:
    message = MessageFactory(conversation__patient=patient)
    stored = StoredFileFactory(patient=patient)
    message.files.add(stored)
    return {"conversation": message.conversation_id, "file": stored.pk}


def pointed(patient: Patient) -> Arguments:
    """A document of the record that a message points at."""
    message = MessageFactory(conversation__patient=patient)
    document = _released(DocumentReference, patient, status="current", content="Dear school")
    message.documents.add(document)
    return {"conversation": message.conversation_id, "document": document}


def refill(patient: Patient) -> Arguments:
    return {"refill": RefillItemFactory(patient=patient).request_id}


def refill_item(patient: Patient) -> Arguments:
    """One that waits for an answer."""
    item = RefillItemFactory(patient=patient, state=State.QUESTION)
    return {"refill": item.request_id, "item": item.pk}


def appointment(patient: Patient) -> Arguments:
    return {"appointment": AppointmentFactory(patient=patient).pk}


def check_in_step(patient: Patient) -> Arguments:
    return {**appointment(patient), "step": "allergies"}


def held(patient: Patient) -> Arguments:
    return {"appointment": HeldFactory(patient=patient).pk}


def asked(patient: Patient) -> Arguments:
    return {"asked": AppointmentRequestFactory(patient=patient).pk}


def offer(patient: Patient) -> Arguments:
    return {"offer": WaitlistOfferFactory(entry__appointment__patient=patient).pk}


def _released(model: Any, patient: Patient, **fields: Any) -> Any:
    now = timezone.now()
    row = model.objects.create(patient=patient, released_at=now, effective_start=now, text="Example", **fields)
    return row.pk


EXAMPLES: dict[str, Callable[[Patient], Arguments]] = {
    example.__name__: example
    for example in (
        visit,
        report,
        result,
        vital,
        conversation,
        attachment,
        pointed,
        refill,
        refill_item,
        appointment,
        check_in_step,
        held,
        asked,
        offer,
    )
}
