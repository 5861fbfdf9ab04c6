"""Staying signed in from the warning before the idle sign-out."""

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.middleware import SEEN_KEY
from tests.factories.records import UserFactory

pytestmark = pytest.mark.django_db


def test_staying_moves_the_session_clock(client: Client) -> None:
    client.force_login(UserFactory.create())
    client.get(reverse("portal:home"))
    session = client.session
    session[SEEN_KEY] -= 600
    session.save()
    assert client.get(reverse("portal:stay")).status_code == 204
    assert client.session[SEEN_KEY] > session[SEEN_KEY] + 500


def test_staying_too_late_is_answered_with_the_sign_out(client: Client) -> None:
    client.force_login(UserFactory.create())
    client.get(reverse("portal:home"))
    session = client.session
    session[SEEN_KEY] -= 901
    session.save()
    answer = client.get(reverse("portal:stay"))
    assert answer.status_code == 302
    assert "_auth_user_id" not in client.session


def test_warning_is_only_on_pages_of_somebody_signed_in(client: Client) -> None:
    assert "<dialog" not in client.get(reverse("portal:faqs")).text
    client.force_login(UserFactory.create())
    assert '<dialog class="idle card" data-idle="900"' in client.get(reverse("portal:faqs")).text
