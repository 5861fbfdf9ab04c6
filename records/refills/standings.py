"""Every medication of a patient with what can be asked for about it now: read in a few queries, judged by eligibility.py."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Value, When
from django.db.models.functions import Lower
from django.utils import timezone

from records.access.scope import Scope
from records.chart.medications import CURRENT
from records.chart.models import MedicationDispense, MedicationRequest
from records.patients.models import Patient
from records.patients.precision import PartialDate, Precision
from records.refills.controlled import ControlledList, controlled_list
from records.refills.eligibility import Facts, Rules, Verdict, judge
from records.refills.pharmacies import Pharmacy, PreferredPharmacy
from records.refills.requests import RefillItem
from records.refills.states import AT_PHARMACY, OPEN, SUPPLIED

# More medications than anybody takes, and how many of those that ended are shown beside them.
MOST_CURRENT, MOST_ENDED = 100, 10
# A supply of unknown length that was just sent for is not asked for again within this time.
JUST_SENT_DAYS = 14
# What a dispense that came to nothing is called (https://hl7.org/fhir/R4/valueset-medicationdispense-status.html).
NOT_DISPENSED = ("cancelled", "declined", "entered-in-error", "stopped", "preparation", "unknown")


@dataclass(frozen=True)
class Standing:
    """One medication as the page shows it. `item` is its latest request, `pharmacy_name` where it is filled."""

    medication: MedicationRequest
    schedule: str
    verdict: Verdict
    pharmacy: Pharmacy | None
    pharmacy_name: str
    last_fill: MedicationDispense | None
    item: RefillItem | None

    @property
    def can_ask(self) -> bool:
        return self.verdict.kind is not None


@dataclass(frozen=True)
class Known:
    """What is read once for all medications of a patient."""

    controlled: ControlledList
    preferred: Pharmacy | None
    pharmacies: Mapping[str, Pharmacy]
    items: Mapping[str, Sequence[RefillItem]] = field(default_factory=dict)


def rules() -> Rules:
    return Rules(early_days=settings.REFILL_EARLY_DAYS, valid_months=settings.PRESCRIPTION_MONTHS)


def standings_of(scope: Scope, at: dt.datetime) -> list[Standing]:
    """What the scope's people take, of each medication the newest prescription; then the latest that ended."""
    is_ended = Case(When(status__in=CURRENT, entered_in_error=False, then=Value(0)), default=Value(1))
    rows = _rows(MedicationRequest.objects.for_scope(scope))
    latest = F("effective_start").desc(nulls_last=True)
    found = list(rows.exclude(entered_in_error=True).order_by(is_ended, latest, "pk")[: MOST_CURRENT + MOST_ENDED])
    current = _newest_of_each(row for row in found if row.is_current)
    taken = {_name_of(row) for row in current}
    ended = _newest_of_each(row for row in found if not row.is_current and _name_of(row) not in taken)
    shown = [*current, *ended[:MOST_ENDED]]
    # What the reader may not see is as if it had not been asked for: a refusal would betray it.
    seen = RefillItem.objects.for_scopes([scope])
    known = replace(_known(scope.patient, shown), items=_asked_for(seen) if shown else {})
    return [_standing(row, known, at) for row in shown]


def standing_of(medication_id: uuid.UUID, patient: Patient, at: dt.datetime) -> Standing:
    """How one prescription stands by itself, whatever was asked for; raises MedicationRequest.DoesNotExist."""
    row = _rows(MedicationRequest.objects.filter(patient=patient)).defer("raw").get(pk=medication_id)
    return _standing(row, _known(patient, [row]), at)


def _rows(rows: Any) -> Any:
    fills = MedicationDispense.objects.filter(entered_in_error=False).exclude(status__in=NOT_DISPENSED)
    return rows.select_related("author").prefetch_related(Prefetch("dispenses", fills.defer("raw").newest_first()))


def _name_of(row: MedicationRequest) -> str:
    """What makes two prescriptions the same medication: the code, or without one the name."""
    return f"{row.code_system}|{row.code}" if row.code else row.display.casefold()


def _newest_of_each(rows: Iterable[MedicationRequest]) -> list[MedicationRequest]:
    newest: dict[str, MedicationRequest] = {}
    for row in rows:
        newest.setdefault(_name_of(row), row)
    return list(newest.values())


def _asked_for(items: Any) -> dict[str, list[RefillItem]]:
    """By medication and not by prescription: a new prescription does not hide an open request."""
    by_name: dict[str, list[RefillItem]] = {}
    found = items.filter(state__in=(*OPEN, *SUPPLIED)).with_parts()
    for item in found.order_by("-moved_at")[: MOST_CURRENT * 2]:
        by_name.setdefault(_name_of(item.medication), []).append(item)
    return by_name


def _known(patient: Patient, rows: Sequence[MedicationRequest]) -> Known:
    names = {name.lower() for row in rows for name in _pharmacy_names(row)}
    kept = PreferredPharmacy.objects.filter(patient=patient, pharmacy=OuterRef("pk"))
    directory: Any = Pharmacy.objects.open_to_choose().annotate(is_kept=Exists(kept), called=Lower("name"))
    listed = list(directory.filter(Q(is_kept=True) | Q(called__in=names)))
    return Known(
        controlled=controlled_list(),
        preferred=next((row for row in listed if row.is_kept), None),
        pharmacies=_by_name(listed),
    )


def _by_name(listed: Sequence[Any]) -> dict[str, Pharmacy]:
    """Of several with one name, as those of a chain, the one that the patient keeps; else none: we do not know which."""
    found: dict[str, list[Any]] = {}
    for row in listed:
        found.setdefault(row.name.lower(), []).append(row)
    fits = {name: [row for row in rows if row.is_kept] or rows for name, rows in found.items()}
    return {name: rows[0] for name, rows in fits.items() if len(rows) == 1}


def _pharmacy_names(row: MedicationRequest) -> list[str]:
    """Where it was filled last, else where it was sent."""
    fills = [fill.pharmacy_name for fill in row.dispenses.all()[:1]]
    return [name for name in (*fills, row.pharmacy_name) if name]


def _standing(row: MedicationRequest, known: Known, at: dt.datetime) -> Standing:
    names = _pharmacy_names(row)
    pharmacy = known.pharmacies.get(names[0].lower()) if names else known.preferred
    items = known.items.get(_name_of(row), ())
    schedule = known.controlled.schedule_of(row.code, row.text, row.code_display)
    fills = list(row.dispenses.all())
    facts = Facts(
        status="entered-in-error" if row.entered_in_error else row.status,
        schedule=schedule,
        is_reported=row.is_reported,
        is_inpatient=row.category.casefold() == "inpatient",
        written_on=_day(row.started),
        valid_until=row.valid_until,
        refills_allowed=row.repeats_allowed,
        fills=len(fills),
        supplied_on=_supplied_on(row, fills, items),
        days_supply=next((fill.days_supply for fill in fills[:1] if fill.days_supply), row.days_supply),
        is_filled_by_us=pharmacy is not None and pharmacy.is_clinics_own,
        has_open_request=any(_is_under_way(item, at) for item in items),
    )
    return Standing(
        medication=row,
        schedule=schedule,
        verdict=judge(facts, timezone.localdate(at), rules()),
        pharmacy=pharmacy,
        pharmacy_name=names[0] if names else pharmacy.name if pharmacy else "",
        last_fill=fills[0] if fills else None,
        item=items[0] if items else None,
    )


def _is_under_way(item: RefillItem, at: dt.datetime) -> bool:
    is_fresh = item.moved_at > at - dt.timedelta(days=JUST_SENT_DAYS)
    return item.state in OPEN or (item.state in AT_PHARMACY and is_fresh)


def _supplied_on(
    row: MedicationRequest, fills: Sequence[MedicationDispense], items: Sequence[RefillItem]
) -> dt.date | None:
    """When the latest supply began: the last fill or what was sent for since; without either the day it was written."""
    days = [_day(fill.started) for fill in fills[:1]]
    days += [timezone.localdate(item.decided_at) for item in items if item.state in SUPPLIED and item.decided_at]
    known = [day for day in days if day is not None]
    return max(known) if known else _day(row.started)


def _day(moment: PartialDate | None) -> dt.date | None:
    """The day, where the record says it to the day."""
    if moment is None or moment.precision in (Precision.YEAR, Precision.MONTH, ""):
        return None
    return moment.local.date()
