"""What staff look up before they decide: the medication's prescriptions and fills, the last visit, earlier requests."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from records.chart.models import Encounter, MedicationDispense, MedicationRequest
from records.refills.requests import RefillEvent, RefillItem
from records.refills.standings import Standing, standing_of

FEW = 6
# Steps of one request; a talk that is longer than this is on the phone by now.
MOST_STEPS = 100


@dataclass(frozen=True)
class History:
    """`standing` is how the prescription stands now; lists are the newest FEW."""

    standing: Standing
    prescriptions: Sequence[MedicationRequest]
    fills: Sequence[MedicationDispense]
    last_visit: Encounter | None
    earlier: Sequence[RefillItem]
    others: Sequence[RefillItem]
    steps: Sequence[RefillEvent]


def history_of(item: RefillItem, at: dt.datetime) -> History:
    same = MedicationRequest.objects.filter(patient=item.patient_id, entered_in_error=False)
    medication = item.medication
    same = (
        same.filter(code_system=medication.code_system, code=medication.code)
        if medication.code
        else same.filter(text=medication.text)
    )
    visits = Encounter.objects.filter(patient=item.patient_id, effective_start__lte=at).valid()
    fills = MedicationDispense.objects.filter(request__in=same.values("pk"), entered_in_error=False)
    earlier = RefillItem.objects.filter(medication__in=same.values("pk")).exclude(pk=item.pk).with_parts()
    others = RefillItem.objects.filter(request=item.request_id).exclude(pk=item.pk).with_parts()
    return History(
        standing=standing_of(item.medication_id, item.patient, at),
        prescriptions=list(same.defer("raw").newest_first()[:FEW]),
        fills=list(fills.defer("raw").newest_first()[:FEW]),
        last_visit=visits.defer("raw").newest_first().first(),
        earlier=list(earlier.order_by("-moved_at")[:FEW]),
        others=list(others.order_by("position")[:FEW]),
        steps=list(item.events.select_related("by").order_by("-at", "-pk")[:MOST_STEPS]),
    )
