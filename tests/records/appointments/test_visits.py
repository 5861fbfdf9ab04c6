import datetime as dt

import pytest

from records.appointments import visits
from records.appointments.states import Status
from records.models import Appointment
from tests.factories.appointments import AppointmentFactory
from tests.factories.chart import EncounterFactory
from tests.factories.scheduling import PractitionerFactory
from tests.records.appointments.clinic import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

START = NOW - dt.timedelta(days=2)


@pytest.fixture
def done() -> Appointment:
    return AppointmentFactory(status=Status.FULFILLED, starts_at=START)


def visit_of(done: Appointment) -> object:
    visits.link_visits(NOW)
    done.refresh_from_db()
    return done.encounter


def test_only_visit_of_the_day_is_the_appointments(done: Appointment) -> None:
    EncounterFactory(patient=done.patient, effective_start=START - dt.timedelta(days=1))
    EncounterFactory(effective_start=START)
    EncounterFactory(patient=done.patient, effective_start=START, entered_in_error=True)
    assert visit_of(done) is None
    visit = EncounterFactory(patient=done.patient, effective_start=START + dt.timedelta(minutes=5))
    assert visit_of(done) == visit


def test_of_several_it_is_the_one_with_the_same_provider(done: Appointment) -> None:
    EncounterFactory(patient=done.patient, effective_start=START, author=PractitionerFactory())
    EncounterFactory(patient=done.patient, effective_start=START, author=PractitionerFactory())
    assert visit_of(done) is None
    mine = EncounterFactory(patient=done.patient, effective_start=START, author=done.provider.practitioner)
    assert visit_of(done) == mine


@pytest.mark.parametrize("status", [Status.BOOKED, Status.CANCELLED, Status.NO_SHOW])
def test_what_did_not_take_place_has_no_visit(status: Status) -> None:
    cancelled = {"cancelled_at": START} if status == Status.CANCELLED else {}
    row = AppointmentFactory(status=status, starts_at=START, **cancelled)
    EncounterFactory(patient=row.patient, effective_start=START)
    assert visit_of(row) is None
