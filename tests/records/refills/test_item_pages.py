import pytest
from django.contrib.auth.models import Permission as AdminPermission
from django.urls import reverse
from django.utils import timezone

from records.access.models import AccessLogEntry
from records.models import RefillItem, RefillText
from records.refills import handling
from records.refills.states import State
from tests.factories.chart import EncounterFactory
from tests.factories.refills import DispenseFactory, RefillItemFactory, prescribed
from tests.queries import cost_of
from tests.records.refills.desk import ask, one
from tests.records.refills.queue import QUEUE, names, several, url
from tests.staff import staff_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

NASTY = "<script>alert(1)</script>\nsecond line"


def test_page_shows_what_one_looks_up_before_deciding(at_desk, grant):
    row = prescribed(grant.patient, code="860975", author_name="Dr. Okafor", quantity_text="180 tablets")
    earlier = RefillItemFactory(patient=grant.patient, medication=row, state=State.DENIED, answer="x")
    DispenseFactory(patient=grant.patient, request=row, pharmacy_name="Elm Street Pharmacy")
    EncounterFactory(patient=grant.patient, text="Annual checkup")
    item = ask(grant, row, prescribed(grant.patient, text="Other"), comment=NASTY).items.get(medication=row)
    text = at_desk.get(url(item)).text
    for words in (
        "Dr. Okafor", "180 tablets", "Elm Street Pharmacy", "Annual checkup", earlier.request.number, "Other",
        "nobody has it", "&lt;script&gt;alert(1)&lt;/script&gt;<br>second line",
    ):  # fmt: skip
        assert words in text, words
    assert "<script>alert(1)" not in text


def test_opened_request_logs_its_patient(at_desk, grant):
    item = one(grant)
    at_desk.get(url(item))
    entry = AccessLogEntry.objects.order_by("-number").first()
    assert (entry.verb, entry.patient_id, entry.object_id) == ("view", grant.patient.pk, str(item.pk))


def test_page_costs_the_same_whatever_the_history(at_desk, grant):
    row = prescribed(grant.patient, code="860975")
    item = ask(grant, row).items.get()
    at_desk.get(url(item))
    few = cost_of(lambda: at_desk.get(url(item)))
    for _number in range(20):
        old = prescribed(grant.patient, days_ago=400, code="860975")
        DispenseFactory(patient=grant.patient, request=old)
        RefillItemFactory(patient=grant.patient, medication=old, state=State.DENIED, answer="x")
        item.note("late", at=timezone.now(), by=None)
    assert cost_of(lambda: at_desk.get(url(item))) <= few + 2


def test_taking_says_who_has_it(at_desk, grant):
    item = one(grant)
    at_desk.post(url(item, "take"))
    assert "Nora Lindqvist has it" in at_desk.get(url(item)).text
    at_desk.post(url(item, "give_back"))
    assert "nobody has it" in at_desk.get(url(item)).text


def test_question_begins_from_a_text(at_desk, grant):
    item = one(grant)
    text = RefillText.objects.create(purpose="question", name="Left of it", body="How much is left?")
    RefillText.objects.create(purpose="denial", name="A visit", body="Come in.")
    filled = at_desk.post(
        url(item, "question"), {"question-template": text.pk, "question-text": "Dear Maya,", "fill": "yes"}
    )
    assert "Dear Maya,\n\nHow much is left?" in filled.text
    assert "Come in." not in filled.text
    at_desk.post(url(item, "question"), {"question-text": "Dear Maya, how much is left?"})
    item.refresh_from_db()
    assert item.state == State.QUESTION


@pytest.mark.parametrize("button", ["question", "deny"])
def test_words_for_the_patient_are_needed(signing, grant, button):
    item = one(grant)
    assert signing.post(url(item, button), {}).status_code == 422
    item.refresh_from_db()
    assert item.state == State.REQUESTED


def test_denied_with_a_reason(signing, grant):
    item = one(grant)
    signing.post(url(item, "deny"), {"denial-text": NASTY})
    item.refresh_from_db()
    assert (item.state, item.answer) == (State.DENIED, NASTY)
    assert "<script>alert(1)" not in signing.get(url(item)).text


def test_nurse_passes_on_and_the_clinician_signs(client, nurse, doctor, grant):
    item = one(grant)
    client.force_login(nurse.user)
    assert "A clinician approves this" in client.get(url(item)).text
    client.post(url(item, "approve"))
    assert RefillItem.objects.get().decided_at is None
    client.post(url(item, "pass_on"), {"pass_on-note": NASTY})
    client.force_login(doctor.user)
    assert names(client, "?folder=to_sign") == ["Metformin 500 mg tablet"]
    page = client.get(url(item)).text
    assert "Looked at by Nora Lindqvist" in page
    assert "<script>alert(1)" not in page
    client.post(url(item, "approve"), {"approve-text": "Take it with food."})
    item.refresh_from_db()
    assert (item.state, item.answer, item.decided_by) == (State.APPROVED, "Take it with food.", doctor.user)


def test_way_through_the_pharmacy(signing, grant, doctor):
    item = one(grant)
    handling.approve(actor=doctor, item_id=item.pk, at=timezone.now())
    for target in ("sent", "ready", "picked_up"):
        assert f'value="{target}"' in signing.get(url(item)).text
        signing.post(url(item, "forward"), {"to": target})
        assert RefillItem.objects.get().state == target
    assert 'name="to"' not in signing.get(url(item)).text


@pytest.mark.parametrize("target", ["", "approved", "denied", "nonsense"])
def test_forwarding_elsewhere_does_nothing(signing, grant, target):
    item = one(grant)
    signing.post(url(item, "forward"), {"to": target})
    assert RefillItem.objects.get().state == State.REQUESTED


def test_colleague_was_faster(signing, grant, nurse):
    item = one(grant)
    handling.deny(actor=nurse, item_id=item.pk, text="Come in.", at=timezone.now())
    response = signing.post(url(item, "approve"), follow=True)
    assert "It has moved on meanwhile" in response.text
    assert RefillItem.objects.get().state == State.DENIED


def test_approval_is_taken_back_from_a_page_that_showed_it_alone(signing, grant, doctor):
    item = one(grant)
    handling.approve(actor=doctor, item_id=item.pk, at=timezone.now())
    assert "It has moved on meanwhile" in signing.post(url(item, "deny"), {"denial-text": "No."}, follow=True).text
    assert 'name="take_back"' in signing.get(url(item)).text
    signing.post(url(item, "deny"), {"denial-text": "It was stopped.", "take_back": "yes"})
    assert RefillItem.objects.get().state == State.DENIED
    assert 'name="take_back"' not in signing.get(url(item)).text


def test_nothing_is_approved_after_a_death(signing, grant):
    item = one(grant)
    grant.patient.is_deceased = True
    grant.patient.save()
    assert "This patient has died" in signing.get(url(item)).text
    response = signing.post(url(item, "approve"), follow=True)
    assert "nothing is approved any more" in response.text
    assert RefillItem.objects.get().decided_at is None


@pytest.mark.parametrize(
    ("role", "sees", "decides", "signs"),
    [
        ("Nurse", True, True, False),
        ("Clinician", True, True, True),
        ("Front desk", False, False, False),
        ("Billing office", False, False, False),
        ("Privacy officer", False, False, False),
    ],
)
def test_roles(client, grant, role, sees, decides, signs):
    client.force_login(staff_in(role))
    item = one(grant)
    assert (client.get(QUEUE).status_code == 200) is sees
    assert (client.get(url(item)).status_code == 200) is sees
    assert (client.post(url(item, "take")).status_code == 302) is decides
    client.post(url(item, "approve"))
    assert (RefillItem.objects.get().state == State.APPROVED) is signs


def test_who_may_only_look_finds_no_buttons(client, grant):
    reader = staff_in("Privacy officer")
    reader.user_permissions.add(AdminPermission.objects.get(codename="view_refillitem"))
    client.force_login(reader)
    item = one(grant)
    text = client.get(url(item)).text
    assert "Take it" not in text
    assert 'name="denial-text"' not in text
    for button in ("take", "give_back", "approve", "question", "deny", "pass_on", "forward"):
        assert client.post(url(item, button)).status_code == 403
    assert several(client, [item]).status_code == 403


def test_patients_find_no_queue(client, grant):
    client.force_login(grant.user)
    assert client.get(QUEUE).status_code in {302, 403, 404}


@pytest.mark.parametrize("name", ["pharmacy", "controlleddrug", "refilltext"])
def test_clinicians_open_the_lists_that_staff_keep(signing, name):
    assert signing.get(reverse(f"admin:records_{name}_changelist")).status_code == 200
    assert signing.get(reverse(f"admin:records_{name}_add")).status_code == 200
