import pytest
from django.core.exceptions import ValidationError

from messaging.inbox.fields import filled, unknown_fields
from messaging.models import ReplyTemplate
from tests.factories.messaging import ConversationFactory, PoolFactory
from tests.factories.records import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_fields_are_filled_in():
    conversation = ConversationFactory(patient__given="Maya Luz", number="AAAA-BBBB")
    text = "{patient_first_name} / {staff_name} / {number} / {phone}"
    staff = UserFactory(full_name="Nora Lindqvist")
    assert filled(text, conversation, staff) == "Maya / Nora Lindqvist / AAAA-BBBB / 860-555-0142"


def test_what_a_field_brings_in_is_not_read_again():
    conversation = ConversationFactory(patient__given="{staff_name}")
    assert filled("{patient_first_name}", conversation, UserFactory()) == "{staff_name}"


def test_other_braces_stay_as_they_are():
    conversation = ConversationFactory()
    assert filled("{unknown} {0} {staff.password} {", conversation, UserFactory()) == "{unknown} {0} {staff.password} {"


def test_guest_is_called_by_their_first_name():
    case = ConversationFactory(patient=None, guest_name="Gus Guest", guest_email="gus@example.org")
    assert filled("{patient_first_name}", case, UserFactory()) == "Gus"


def test_template_with_a_field_nobody_knows_is_refused():
    assert unknown_fields("{patient_first_name} {mrn}") == ["mrn"]
    template = ReplyTemplate(pool=PoolFactory(), name="X", body="{mrn}")
    with pytest.raises(ValidationError, match="mrn"):
        template.full_clean()
