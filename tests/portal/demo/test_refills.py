"""Refills in the demo: every state to be seen, Maya's metformin to ask for, and a queue worth a nurse's morning."""

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.demo.cast import loading
from records.access.models import User
from records.models import Patient, RefillItem
from records.refills.states import OPEN, State

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def demo():
    loading.load(timezone.now())


def test_every_state_is_there(demo):
    assert set(RefillItem.objects.values_list("state", flat=True)) == set(State.values)


def test_queue_holds_what_a_morning_does(demo):
    waiting = RefillItem.objects.filter(state__in=OPEN)
    assert 8 <= waiting.count() <= 15
    assert waiting.filter(escalated_at__isnull=False, is_urgent=True).exists()
    assert waiting.filter(prepared_at__isnull=False).exists()
    assert waiting.exclude(danger="").exists()
    assert waiting.filter(is_sensitive=True).exists()
    assert waiting.filter(medication__text__startswith="Methylphenidate").exists()


def test_maya_can_ask_for_metformin_and_reads_why_not_for_others(demo, client):
    client.force_login(User.objects.get(email="maya@example.org"))
    maya = Patient.objects.get(given="Maya", family="Alvarez")
    text = client.get(reverse("records:refill_new", kwargs={"patient": maya.pk})).text
    asked, blocked = text.split("Cannot be asked for now")
    assert "Metformin" in asked
    for name in ("Lorazepam", "Sertraline", "Cetirizine", "Levothyroxine"):
        assert name in blocked


def test_mother_does_not_see_what_her_teen_asked_for(demo, client):
    client.force_login(User.objects.get(email="maya@example.org"))
    sofia = Patient.objects.get(given="Sofia", family="Alvarez")
    assert client.get(reverse("records:refills", kwargs={"patient": sofia.pk})).status_code == 403
