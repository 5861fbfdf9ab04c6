import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from records.access.permissions import Permission as P
from records.access.scope import PermissionMissing, scope_for
from records.appointments.actors import Actor
from records.appointments.states import Status
from records.checkin import actions
from records.models import (
    Appointment,
    CheckIn,
    CheckInAnswer,
    ContactPoint,
    Coverage,
    FormText,
    MedicationRequest,
    Pharmacy,
    PreferredPharmacy,
    Signature,
)
from tests.factories.appointments import AppointmentFactory, next_morning
from tests.factories.records import GrantFactory, UserFactory
from tests.queries import BUDGET, cost_of
from tests.staff import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

STEPS = ["contacts", "coverage", "medications", "allergies", "pharmacy"]


@pytest.fixture
def appointment(client: Client) -> Appointment:
    """In three days, of a patient who is signed in, with something at every step."""
    grant = GrantFactory(patient__given="Maya", patient__family="Alvarez")
    client.force_login(grant.user)
    now, patient = timezone.now(), grant.patient
    ContactPoint.objects.create(patient=patient, released_at=now, system="phone", value="860-555-0101")
    Coverage.objects.create(patient=patient, released_at=now, status="active", payor_name="Blue Shield")
    MedicationRequest.objects.create(patient=patient, released_at=now, status="active", text="Metformin")
    return AppointmentFactory(patient=patient)


def path(appointment: Appointment, step: str = "") -> str:
    ids = {"patient": appointment.patient_id, "appointment": appointment.pk}
    return (
        reverse("records:check_in_step", kwargs={**ids, "step": step})
        if step
        else reverse("records:check_in", kwargs=ids)
    )


def outcome(step: str) -> tuple[str, dict]:
    answer = CheckInAnswer.objects.get(step=step)
    return answer.outcome, answer.changes


def test_each_step_is_saved_when_it_is_answered(client: Client, appointment: Appointment) -> None:
    first = client.post(path(appointment, "contacts"), {"phone": "860-555-0101"})
    assert first["Location"] == path(appointment, "coverage")
    assert outcome("contacts") == ("verified", {})
    page = client.get(path(appointment))
    assert page.context["next"].name == "coverage"
    assert "Confirmed" in page.content.decode()


def test_what_is_typed_over_waits_for_staff(client: Client, appointment: Appointment) -> None:
    client.post(path(appointment, "contacts"), {"phone": "860-555-0199", "address": ""})
    assert outcome("contacts") == ("updated", {"phone": "860-555-0199"})
    assert ContactPoint.objects.get().value == "860-555-0101"


def test_rows_that_are_wrong_and_words_for_what_is_missing(client: Client, appointment: Appointment) -> None:
    row = MedicationRequest.objects.get()
    client.post(path(appointment, "medications"), {"wrong": [str(row.pk)], "missing": "Aspirin"})
    assert outcome("medications") == ("updated", {"no longer": "Metformin", "missing": "Aspirin"})
    insurance = Coverage.objects.get()
    client.post(path(appointment, "coverage"), {"wrong": [str(insurance.pk)]})
    assert outcome("coverage") == ("updated", {"no longer": "Blue Shield"})
    assert client.post(path(appointment, "allergies"), {"wrong": ["x"]}).status_code == 302
    assert client.post(path(appointment, "medications"), {"wrong": ["x"]}).status_code == 422


def test_step_left_for_the_visit_can_be_answered_later(client: Client, appointment: Appointment) -> None:
    client.post(path(appointment, "allergies"), {"skip": "yes"})
    assert outcome("allergies") == ("skipped", {})
    client.post(path(appointment, "allergies"), {"missing": "Penicillin: rash"})
    assert outcome("allergies") == ("updated", {"missing": "Penicillin: rash"})


def test_new_answer_goes_before_staff_again(client: Client, appointment: Appointment) -> None:
    client.post(path(appointment, "allergies"), {"missing": "Penicillin"})
    CheckInAnswer.objects.update(handled_at=timezone.now(), handled_by=UserFactory())
    client.post(path(appointment, "allergies"), {"missing": "Penicillin and nuts"})
    answer = CheckInAnswer.objects.get()
    assert (answer.handled_at, answer.handled_by) == (None, None)


def test_words_of_danger_are_answered_to_and_flag_it(client: Client, appointment: Appointment) -> None:
    wrote = {"missing": "I cannot breathe"}
    page = client.post(path(appointment, "allergies"), wrote).content.decode()
    assert "Please do not wait for an answer" in page
    assert not CheckInAnswer.objects.exists()
    client.post(path(appointment, "allergies"), wrote | {"warned": "yes"})
    assert CheckInAnswer.objects.get().is_urgent


def test_pharmacy_is_found_and_kept(client: Client, appointment: Appointment) -> None:
    chosen = Pharmacy.objects.create(name="Elm Pharmacy", city="Hartford")
    Pharmacy.objects.create(name="Oak Pharmacy", city="Boston")
    page = client.post(path(appointment, "pharmacy"), {"words": "hartford", "find": "yes"}).content.decode()
    assert "Elm Pharmacy" in page
    assert "Oak Pharmacy" not in page
    assert "Choose one of these" not in page
    wrong = client.post(path(appointment, "pharmacy"), {"words": "hartford"})
    assert wrong.status_code == 422
    assert "Choose one of these" in wrong.content.decode()
    client.post(path(appointment, "pharmacy"), {"words": "hartford", "pharmacy": str(chosen.pk)})
    assert PreferredPharmacy.objects.get(patient=appointment.patient).pharmacy == chosen
    answer = CheckInAnswer.objects.get()
    assert (answer.outcome, bool(answer.handled_at)) == ("updated", True)


def test_text_is_signed_by_name_in_the_version_that_was_read(client: Client, appointment: Appointment) -> None:
    old = FormText.objects.create(name="privacy", version=1, title="Privacy", body="Old words")
    shown = client.get(path(appointment, "forms")).context["form"]["shown"].value()
    typed = {"read": "on", "typed_name": "Maya Alvarez", "shown": shown}
    assert client.post(path(appointment, "forms"), typed | {"typed_name": "Maya"}).status_code == 422
    assert client.post(path(appointment, "forms"), typed | {"read": ""}).status_code == 422
    FormText.objects.filter(pk=old.pk).update(is_current=False)
    new = FormText.objects.create(name="privacy", version=2, title="Privacy", body="New words")
    changed = client.post(path(appointment, "forms"), typed)
    assert changed.status_code == 422
    assert "New words" in changed.content.decode()
    client.post(path(appointment, "forms"), typed | {"shown": str(new.pk)})
    signed = Signature.objects.get()
    assert (signed.form, signed.typed_name) == (new, "Maya Alvarez")
    assert "nothing left to sign" in client.get(path(appointment, "forms")).content.decode()
    assert client.post(path(appointment, "forms"), {}).status_code == 302
    assert Signature.objects.count() == 1


@pytest.mark.parametrize(
    ("days", "status"),
    [(8, Status.BOOKED), (-1, Status.BOOKED), (3, Status.CANCELLED)],
    ids=["too early", "too late", "cancelled"],
)
def test_it_is_open_only_in_the_days_before(
    client: Client, appointment: Appointment, days: int, status: Status
) -> None:
    start = next_morning(days, 23)
    cancelled_at = timezone.now() if status == Status.CANCELLED else None
    Appointment.objects.update(
        starts_at=start, ends_at=start + dt.timedelta(minutes=30), status=status, cancelled_at=cancelled_at
    )
    assert client.get(path(appointment)).status_code == (302 if status == Status.CANCELLED else 200)
    client.post(path(appointment, "contacts"), {"phone": "1"})
    client.post(
        reverse("records:check_in_finish", kwargs={"patient": appointment.patient_id, "appointment": appointment.pk})
    )
    assert not CheckIn.objects.exists()


def test_person_finishes_and_may_leave_the_rest(client: Client, appointment: Appointment) -> None:
    finish = reverse(
        "records:check_in_finish", kwargs={"patient": appointment.patient_id, "appointment": appointment.pk}
    )
    done = client.post(finish, follow=True).content.decode()
    assert "You are checked in" in done
    first = CheckIn.objects.get().finished_at
    client.post(finish)
    assert CheckIn.objects.get().finished_at == first


def test_proxy_is_asked_only_what_they_may_see(client: Client, appointment: Appointment) -> None:
    proxy = GrantFactory(
        patient=appointment.patient, kind="proxy", permissions=[P.APPOINTMENTS, P.APPOINTMENTS_BOOK, P.ALLERGIES]
    )
    client.force_login(proxy.user)
    assert [line.step.name for line in client.get(path(appointment)).context["lines"]] == ["allergies"]
    assert client.get(path(appointment, "medications"))["Location"] == path(appointment)
    assert client.post(path(appointment, "medications"), {"missing": "x"}).status_code == 302
    assert not CheckInAnswer.objects.exists()


def test_owner_is_asked_everything_there_is(client: Client, appointment: Appointment) -> None:
    assert [line.step.name for line in client.get(path(appointment)).context["lines"]][:5] == STEPS


def test_pages_are_within_the_bound(client: Client, appointment: Appointment) -> None:
    for number in range(30):
        MedicationRequest.objects.create(
            patient=appointment.patient, released_at=timezone.now(), status="active", text=f"Tablet {number}"
        )
    for page in (path(appointment), *(path(appointment, step) for step in STEPS)):
        client.get(page)
        assert cost_of(lambda page=page: client.get(page)) <= BUDGET, page


def test_staff_carry_changes_over(client: Client, appointment: Appointment) -> None:
    client.post(path(appointment, "allergies"), {"missing": "Penicillin <b>"})
    client.post(path(appointment, "medications"), {})
    staff = client_of("Front desk")
    queue = reverse("admin:records_checkinanswer_changelist")
    answer = CheckInAnswer.objects.get(step="allergies")
    shown = staff.get(queue)
    assert [row.pk for row in shown.context["cl"].result_list] == [answer.pk]
    detail = staff.get(reverse("admin:records_checkinanswer_change", args=[answer.pk])).content.decode()
    assert "Penicillin &lt;b&gt;" in detail
    staff.post(queue, {"action": "carried_over", "_selected_action": [answer.pk]})
    answer.refresh_from_db()
    assert answer.handled_at is not None


def test_who_may_not_ask_for_refills_only_proposes_a_pharmacy(client: Client, appointment: Appointment) -> None:
    chosen = Pharmacy.objects.create(name="Corner Pharmacy", is_clinics_own=True)
    proxy = GrantFactory(
        patient=appointment.patient, kind="proxy", permissions=[P.APPOINTMENTS, P.APPOINTMENTS_BOOK, P.REFILLS]
    )
    before = PreferredPharmacy.objects.filter(patient=appointment.patient).values_list("pharmacy", flat=True)
    kept = list(before)
    client.force_login(proxy.user)
    client.post(path(appointment, "pharmacy"), {"pharmacy": chosen.pk})
    answer = CheckInAnswer.objects.get(step="pharmacy")
    assert (answer.changes, answer.handled_at) == ({"pharmacy": "Corner Pharmacy"}, None)
    assert list(before.all()) == kept


def test_check_in_of_what_is_cancelled_leads_to_the_appointment(client: Client, appointment: Appointment) -> None:
    Appointment.objects.update(status=Status.CANCELLED, cancelled_at=timezone.now())
    page = client.get(path(appointment), follow=True).content.decode()
    assert "Cancelled on" in page
    assert "Check-in opens" not in page


def test_who_may_not_ask_for_changes_only_confirms(client: Client, appointment: Appointment) -> None:
    proxy = GrantFactory(
        patient=appointment.patient, kind="proxy", permissions=[P.APPOINTMENTS, P.APPOINTMENTS_BOOK, P.PROFILE]
    )
    client.force_login(proxy.user)
    page = client.post(path(appointment, "contacts"), {"phone": "860-555-9999"})
    assert page.status_code == 422
    assert "You may confirm this, but not change it." in page.content.decode()
    assert "860-555-9999" in page.content.decode()
    assert not CheckInAnswer.objects.exists()
    scope = scope_for(proxy.user, appointment.patient_id, timezone.now())
    with pytest.raises(PermissionMissing):
        actions.answer(
            actor=Actor(proxy.user, scope),
            appointment_id=appointment.pk,
            step="contacts",
            changes={"phone": "1"},
            at=timezone.now(),
        )
    as_it_is = client.get(path(appointment, "contacts")).context["form"].initial
    client.post(path(appointment, "contacts"), as_it_is)
    assert CheckInAnswer.objects.get().outcome == "verified"


def test_nobody_checks_in_for_another_patient_or_sees_a_confidential_one(appointment: Appointment) -> None:
    at = timezone.now()
    stranger = GrantFactory()
    scope = scope_for(stranger.user, stranger.patient_id, at)
    with pytest.raises(PermissionMissing):
        actions.finish(actor=Actor(stranger.user, scope), appointment_id=appointment.pk, at=at)
    Appointment.objects.update(is_sensitive=True)
    proxy = GrantFactory(patient=appointment.patient, kind="proxy", permissions=[P.APPOINTMENTS, P.APPOINTMENTS_BOOK])
    theirs = scope_for(proxy.user, appointment.patient_id, at)
    with pytest.raises(PermissionMissing):
        actions.finish(actor=Actor(proxy.user, theirs), appointment_id=appointment.pk, at=at)
    actions.finish(actor=Actor(UserFactory()), appointment_id=appointment.pk, at=at)
    assert CheckIn.objects.get().is_sensitive
    assert not CheckIn.objects.for_scope(theirs).exists()


def test_signing_twice_at_once_signs_once(appointment: Appointment) -> None:
    text = FormText.objects.create(name="consent", version=9, title="Consent", body="…", is_current=False)
    for _ in range(2):
        actions.sign(
            actor=Actor(UserFactory()),
            appointment_id=appointment.pk,
            texts=[text],
            typed_name="Maya Alvarez",
            at=timezone.now(),
        )
    assert Signature.objects.filter(form=text).count() == 1
