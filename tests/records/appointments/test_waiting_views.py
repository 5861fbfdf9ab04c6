import pytest
from django.test import Client
from django.utils import timezone

from records.appointments.states import OfferState, Status
from records.models import WaitlistEntry
from tests.factories.appointments import (
    AppointmentFactory,
    WaitlistOfferFactory,
)
from tests.factories.scheduling import AvailabilityFactory
from tests.records.appointments.pages import url

pytestmark = pytest.mark.django_db


def test_person_waits_for_an_earlier_time_and_stops(client: Client, grant) -> None:
    row = AppointmentFactory(patient=grant.patient)
    path = url(grant, "appointment_wait", appointment=row.pk)
    assert client.post(path, {"earliest_date": "1999-01-01"}).status_code == 422
    client.post(
        path, {"earliest_date": timezone.localdate().isoformat(), "weekdays": ["0"], "times_of_day": ["morning"]}
    )
    entry = WaitlistEntry.objects.get()
    assert (entry.weekdays, entry.times_of_day, entry.same_provider) == ([0], ["morning"], True)
    assert "On the wait list" in client.get(url(grant)).content.decode()
    client.post(url(grant, "appointment_stop_waiting", appointment=row.pk))
    entry.refresh_from_db()
    assert entry.ended_at is not None


def test_person_takes_what_is_offered(client: Client, grant) -> None:
    offer = WaitlistOfferFactory(entry__appointment__patient=grant.patient)
    held = offer.held
    held.provider.visit_types.add(held.visit_type)
    AvailabilityFactory(provider=held.provider, location=held.location, weekday=held.local_start.weekday())
    assert "An earlier time is free" in client.get(url(grant)).content.decode()
    path = url(grant, "appointment_offer", offer=offer.pk)
    assert "We hold this time for you until" in client.get(path).content.decode()
    client.post(path, {"accept": "yes"})
    offer.held.refresh_from_db()
    assert offer.held.status == Status.BOOKED
    assert client.get(path)["Location"] == url(grant, "appointment", appointment=offer.held.pk)


def test_offer_cannot_be_booked_past_its_clock(client: Client, grant) -> None:
    offer = WaitlistOfferFactory(entry__appointment__patient=grant.patient)
    path = url(grant, "appointment_confirm", appointment=offer.held.pk)
    assert client.post(path, {}).status_code == 404


@pytest.mark.parametrize("state", [OfferState.WITHDRAWN, OfferState.EXPIRED, OfferState.DECLINED])
def test_offer_that_is_over_says_so_and_leads_to_what_there_is(client: Client, grant, state: OfferState) -> None:
    offer = WaitlistOfferFactory(entry__appointment__patient=grant.patient, state=state)
    page = client.get(url(grant, "appointment_offer", offer=offer.pk)).content.decode()
    assert "This offer is over, and nothing was changed." in page
    assert "Take the earlier time" not in page
    assert f'href="{url(grant, "appointment", appointment=offer.entry.appointment.pk)}"' in page
