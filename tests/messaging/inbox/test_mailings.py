import datetime as dt
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from messaging.inbox import mailings
from messaging.models import Conversation, Mailing, MailingRecipient, PatientFilter, ReadMark
from records.access.models import Grant
from records.access.permissions import ALL, Permission
from records.models import Encounter, Patient
from tests.factories.messaging import PoolFactory
from tests.factories.records import GrantFactory, PatientFactory
from tests.staff import confirm
from tests.working import work

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

ADD = "admin:messaging_mailing_add"


@pytest.fixture
def readers(office):
    """Three patients who read their messages."""
    return [GrantFactory(patient__mrn=f"MRN-{number}", patient__given=f"Given{number}").patient for number in range(3)]


def typed(office, **fields):
    return {
        "once": str(uuid.uuid4()),
        "mrns": "MRN-0, MRN-1\nMRN-2",
        "saved": "",
        "pool": str(office.pool.pk),
        "topic": "follow_up",
        "subject": "Time for your flu shot",
        "body": "Dear {patient_first_name}, please call us.",
        **fields,
    }


def chosen(mrns="", saved=None):
    found = mailings.choose(mrns=mrns, saved=saved, at=timezone.now())
    return {patient.mrn for patient in found.patients}


def mailing(office, patients):
    row = Mailing(
        once=uuid.uuid4(),
        pool=office.pool,
        topic="follow_up",
        subject="Flu shot",
        body="Dear {patient_first_name}",
        created_by=office.nurse,
        created_at=timezone.now(),
    )
    return mailings.create(mailing=row, patients=patients)


def test_review_says_to_how_many_and_sends_nothing(nurse_client, office, readers):
    page = nurse_client.post(reverse(ADD), typed(office, mrns="MRN-0 MRN-1 MRN-77"))
    assert "It goes to 2 patients." in page.text
    assert "MRN-77" in page.text
    assert not Mailing.objects.exists()


def test_confirmed_mailing_goes_to_each_once_and_is_routed_back_to_its_pool(nurse_client, office, readers):
    data = typed(office)
    for _ in range(2):
        assert confirm(nurse_client, reverse(ADD), data).status_code == 302
    work()
    mailings.send_waiting(timezone.now())
    sent = Conversation.objects.filter(subject="Time for your flu shot")
    assert sorted(conversation.patient.mrn for conversation in sent) == ["MRN-0", "MRN-1", "MRN-2"]
    assert {(conversation.pool, conversation.state) for conversation in sent} == {(office.pool, "you")}
    bodies = {message.body for conversation in sent for message in conversation.messages.all()}
    assert bodies == {f"Dear Given{number}, please call us." for number in range(3)}


def test_patient_whose_messages_nobody_reads_is_named_and_left_out(nurse_client, office, readers):
    PatientFactory(mrn="MRN-8")
    GrantFactory(patient__mrn="MRN-9", permissions=sorted(ALL - {Permission.MESSAGES}))
    page = nurse_client.post(reverse(ADD), typed(office, mrns="MRN-0 MRN-8 MRN-9"))
    assert "It goes to 1 patient." in page.text
    assert "reach them in another way: MRN-8, MRN-9" in page.text


def test_mailing_to_nobody_is_refused(nurse_client, office):
    page = nurse_client.post(reverse(ADD), typed(office, mrns="nobody", confirm="yes"))
    assert "There is no patient of these numbers" in page.text
    assert not Mailing.objects.exists()


def test_mailing_from_a_pool_of_others_is_refused(nurse_client, office, readers):
    confirm(nurse_client, reverse(ADD), typed(office, pool=str(PoolFactory().pk)))
    assert not Mailing.objects.exists()


def test_unknown_field_is_refused(nurse_client, office, readers):
    page = nurse_client.post(reverse(ADD), typed(office, body="Your {mrn}", confirm="yes"))
    assert "There is no field mrn" in page.text


def test_saved_filter_finds_living_patients_who_meet_it_all(office):
    day, now = timezone.localdate(), timezone.now()

    def patient(mrn, age, **fields):
        born = day.replace(year=day.year - age, day=1)
        return GrantFactory(patient=PatientFactory(mrn=mrn, birth_date=born, gender="female", **fields)).patient

    patient("old", 70)
    patient("young", 20)
    patient("dead", 70, is_deceased=True)
    seen = patient("seen", 66)
    Encounter.objects.create(patient=seen, effective_start=now - dt.timedelta(days=40), status="finished")
    men = patient("man", 70)
    Patient.objects.filter(pk=men.pk).update(gender="male")
    saved = PatientFilter.objects.create(name="Older", age_from=65, gender="female", not_seen_for_months=6)
    assert chosen(saved=saved) == {"old"}
    assert chosen(saved=PatientFilter.objects.create(name="Young", age_to=30)) == {"young"}


def test_worker_that_died_midway_is_followed_by_one_that_sends_the_rest(office, readers):
    kept = mailing(office, readers)
    first = MailingRecipient.objects.filter(mailing=kept).first()
    assert mailings.send_one(recipient_id=first.pk, at=timezone.now())
    assert not mailings.send_one(recipient_id=first.pk, at=timezone.now())
    assert mailings.send_waiting(timezone.now()) == 2
    assert mailings.send_waiting(timezone.now()) == 0
    assert kept.recipients.filter(conversation__isnull=False).count() == 3


def test_page_shows_who_has_read_it(nurse_client, office, readers):
    kept = mailing(office, readers)
    mailings.send_waiting(timezone.now())
    recipient = kept.recipients.first()
    reader = Grant.objects.get(patient=recipient.patient).user
    ReadMark.objects.create(user=reader, conversation=recipient.conversation, read_at=timezone.now())
    page = nurse_client.get(reverse("admin:messaging_mailing_change", args=[kept.pk]))
    assert (page.context["total"], page.context["sent"], page.context["read"]) == (3, 3, 1)
    assert kept.subject not in page.text[: page.text.index("</title>")]


def test_mailing_of_another_pool_is_not_shown(nurse_client, office, readers):
    kept = mailing(office, readers)
    office.pool.members.remove(office.nurse)
    assert nurse_client.get(reverse("admin:messaging_mailing_change", args=[kept.pk])).status_code == 302
    assert str(kept.pk) not in nurse_client.get(reverse("admin:messaging_mailing_changelist")).text


def csv(text, name="list.csv"):
    return SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "MRN-0\nMRN-2\n",
        "\ufeffName,MRN\r\nGiven0,MRN-0\r\nGiven2,MRN-2\r\n",
        '"Medical record number","Note"\n"MRN-0","a, b"\n\n"MRN-2"\n',
    ],
    ids=["plain", "excel", "quoted"],
)
def test_list_of_numbers_comes_as_a_file_and_is_kept_to_the_last_step(nurse_client, office, readers, text):
    data = typed(office, mrns="", file=csv(text))
    page = nurse_client.post(reverse(ADD), data)
    assert "It goes to 2 patients." in page.text
    carried = page.context["form"]["mrns"].value()
    confirm(nurse_client, reverse(ADD), typed(office, once=data["once"], mrns=carried))
    kept = MailingRecipient.objects.values_list("patient__mrn", flat=True)
    assert sorted(kept) == ["MRN-0", "MRN-2"]


def test_file_adds_to_what_was_pasted_and_its_unknown_rows_are_named(nurse_client, office, readers):
    page = nurse_client.post(reverse(ADD), typed(office, mrns="MRN-1", file=csv("mrn\nMRN-0\nMRN-0\n<b>X\nX-2\n")))
    assert "It goes to 2 patients." in page.text
    assert "2 numbers are no patient’s: &lt;b&gt;X, X-2" in page.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfe\x00M", "This is no CSV file"),
        (b'"MRN-0', "This is no CSV file"),
        (b"mrn\n\n", "There are no numbers"),
        (b"MRN-0\n" * 20_001, "more than 20000 rows"),
        (b"x" * 1_000_001, "larger than 1 MB"),
        (b"a" * 200_000, "This is no CSV file"),
    ],
    ids=["binary", "open-quote", "empty", "rows", "bytes", "field"],
)
def test_file_that_cannot_be_read_is_refused_and_nothing_typed_is_lost(nurse_client, office, readers, data, words):
    page = nurse_client.post(reverse(ADD), typed(office, mrns="MRN-0", file=csv(data), confirm="yes"))
    assert words in page.text
    assert "Time for your flu shot" in page.text
    assert not Mailing.objects.exists()
