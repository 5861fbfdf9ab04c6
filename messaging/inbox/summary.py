"""The patient beside the conversation: what staff with the right to it would look up first."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from messaging.conversations.models import Conversation
from messaging.inbox.desk import StaffDesk
from records.models import (
    AllergyIntolerance,
    Condition,
    DiagnosticReport,
    DocumentReference,
    Encounter,
    MedicationRequest,
    Patient,
)

FEW = 6


@dataclass(frozen=True)
class Summary:
    """Each section is None where this person may not see it, which is not the same as empty."""

    patient: Patient
    problems: Sequence[Condition] | None
    allergies: Sequence[AllergyIntolerance] | None
    medications: Sequence[MedicationRequest] | None
    last_visits: Sequence[Encounter] | None
    next_visits: Sequence[Encounter] | None


def summary_of(conversation: Conversation, desk: StaffDesk) -> Summary | None:
    """At most FEW of each section, in one query each; None for what is about no patient."""
    patient = conversation.patient
    if patient is None:
        return None
    scope = desk.scope_for(patient)

    def some(rows: Any) -> list[Any] | None:
        return list(rows.as_lines().newest_first()[:FEW]) if scope.may(rows.model.permission) else None

    visits = some(Encounter.objects.for_scopes([scope]).valid())
    return Summary(
        patient=patient,
        problems=some(Condition.objects.for_scopes([scope]).problems().current().valid()),
        allergies=some(AllergyIntolerance.objects.for_scopes([scope]).active().valid()),
        medications=some(MedicationRequest.objects.for_scopes([scope]).current()),
        last_visits=None if visits is None else [visit for visit in visits if not _is_ahead(visit, desk.at)],
        next_visits=None if visits is None else [visit for visit in visits if _is_ahead(visit, desk.at)][::-1],
    )


def reports_of(conversation: Conversation, desk: StaffDesk) -> Any:
    """The patient's newest results that this person may see, to point at from an answer."""
    if conversation.patient is None:
        return DiagnosticReport.objects.none()
    rows = DiagnosticReport.objects.for_scopes([desk.scope_for(conversation.patient)])
    return rows.results().valid().as_lines().newest_first()


def documents_of(conversation: Conversation, desk: StaffDesk) -> Any:
    """The patient's newest documents whose text is here and that this person may see, to point at from an answer."""
    if conversation.patient is None:
        return DocumentReference.objects.none()
    rows = DocumentReference.objects.for_scopes([desk.scope_for(conversation.patient)])
    return rows.current().valid().exclude(content="").defer("raw", "content").newest_first()


def _is_ahead(visit: Encounter, at: dt.datetime) -> bool:
    return visit.effective_start is not None and visit.effective_start > at
