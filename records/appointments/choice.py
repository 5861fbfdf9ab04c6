"""What somebody chose, and what they tell beside it."""

import datetime as dt
import uuid
from dataclasses import dataclass

from records.patients.coverage import Coverage
from records.scheduling.choices import Modality
from records.scheduling.visit_types import VisitReason, VisitType


@dataclass(frozen=True)
class Choice:
    """One time of one provider, for one kind of visit."""

    visit_type: VisitType
    provider_id: uuid.UUID
    location_id: uuid.UUID
    starts_at: dt.datetime
    modality: Modality = Modality.IN_PERSON
    reason: VisitReason | None = None

    @property
    def ends_at(self) -> dt.datetime:
        return self.starts_at + dt.timedelta(minutes=self.visit_type.minutes)


@dataclass(frozen=True)
class Details:
    """What the patient tells beside the time."""

    reason_text: str = ""
    interpreter_language: str = ""
    accessibility: str = ""
    coverage: Coverage | None = None
