"""The menus and the band that says whose record is open."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from records.access.models import Grant
from records.access.permissions import PARENT_OF_TEEN
from tests.factories.records import GrantFactory, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def maya(client: Client) -> Grant:
    """Maya, signed in, with her own record, her son's, and a part of her teenage daughter's."""
    own = GrantFactory.create(patient=PatientFactory.create(given="Maya", family="Alvarez"))
    GrantFactory.create(
        user=own.user, patient=PatientFactory.create(given="Leo", family="Alvarez"), kind=Grant.Kind.PARENT
    )
    GrantFactory.create(
        user=own.user,
        patient=PatientFactory.create(given="Sofia", family="Alvarez"),
        kind=Grant.Kind.PARENT,
        permissions=sorted(PARENT_OF_TEEN),
    )
    client.force_login(own.user)
    return own


def _url(name: str, given: str) -> str:
    patient = Grant.objects.get(patient__given=given).patient_id
    return reverse(f"records:{name}", kwargs={"patient": patient})


def _link(text: str, url: str) -> bool:
    return f'href="{url}"' in text


def _band(text: str) -> str:
    found = re.search(r'<section class="who.*?</section>', text, re.DOTALL)
    assert found
    return found[0]


def test_band_names_the_person_whose_record_is_open(client: Client, maya: Grant) -> None:
    band = _band(client.get(_url("results", "Leo")).text)
    assert '<b class="name">Leo Alvarez</b>' in band
    assert "born Apr 12, 1985" in band
    assert "you are a parent or guardian" in band


def test_every_person_keeps_a_colour_of_their_own(client: Client, maya: Grant) -> None:
    own = _band(client.get(_url("allergies", "Maya")).text)
    sofia = _band(client.get(_url("allergies", "Sofia")).text)
    assert 'class="who person-1"' in own
    assert 'class="who person-3"' in sofia
    assert 'class="person-1"' in sofia


def test_one_click_opens_the_same_section_of_somebody_else(client: Client, maya: Grant) -> None:
    band = _band(client.get(_url("allergies", "Maya")).text)
    assert _link(band, _url("allergies", "Leo"))
    assert _link(band, _url("allergies", "Sofia"))
    assert not _link(band, _url("allergies", "Maya"))


def test_switch_leads_to_the_first_section_when_this_one_is_not_granted(client: Client, maya: Grant) -> None:
    band = _band(client.get(_url("results", "Maya")).text)
    assert _link(band, _url("results", "Leo"))
    assert _link(band, _url("allergies", "Sofia"))


def test_sections_are_those_the_reader_may_see(client: Client, maya: Grant) -> None:
    text = client.get(_url("allergies", "Sofia")).text
    assert f'href="{_url("allergies", "Sofia")}" aria-current="page"' in text
    assert _link(text, _url("immunizations", "Sofia"))
    assert not _link(text, _url("results", "Sofia"))
    assert not _link(text, _url("summary", "Sofia"))


def test_every_section_of_the_record_has_its_entry(client: Client, maya: Grant) -> None:
    text = client.get(_url("summary", "Maya")).text
    for name in [
        "summary",
        "problems",
        "history",
        "allergies",
        "immunizations",
        "medications",
        "results",
        "vitals",
        "visits",
    ]:
        assert _link(text, _url(name, "Maya")), name
    assert text.count('aria-current="page"') == 2, "the open section, and Record in the main menu"


def test_record_leads_to_ones_own_record_from_everywhere_else(client: Client, maya: Grant) -> None:
    assert _link(client.get(reverse("portal:faqs")).text, _url("summary", "Maya"))


def test_home_asks_the_database_as_often_for_twenty_people(client: Client) -> None:
    grant = GrantFactory.create()
    client.force_login(grant.user)
    client.get(reverse("portal:home"))  # notes when the session was last seen, once a minute
    with CaptureQueriesContext(connection) as for_one:
        client.get(reverse("portal:home"))
    GrantFactory.create_batch(20, user=grant.user, kind=Grant.Kind.PROXY)
    with CaptureQueriesContext(connection) as for_many:
        assert client.get(reverse("portal:home")).status_code == 200
    assert len(for_many) == len(for_one)


def test_home_opens_every_record_and_says_when_there_is_none(client: Client, maya: Grant) -> None:
    text = client.get(reverse("portal:home")).text
    assert _link(text, _url("summary", "Maya"))
    assert _link(text, _url("allergies", "Sofia"))
    client.force_login(UserFactory.create())
    assert "No record yet" in client.get(reverse("portal:home")).text


def test_expired_grant_is_in_no_menu(client: Client, maya: Grant) -> None:
    gone = Grant.objects.get(patient__given="Leo")
    gone.revoked_at = gone.starts_at
    gone.save()
    assert "Leo" not in client.get(reverse("portal:home")).text
    assert "Leo" not in _band(client.get(_url("allergies", "Maya")).text)


def test_titles_name_no_patient(client: Client, maya: Grant) -> None:
    title = re.search(r"<title>(.*?)</title>", client.get(_url("results", "Leo")).text, re.DOTALL)
    assert title
    assert "Leo" not in title[1]
