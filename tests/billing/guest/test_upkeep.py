import datetime as dt

import pytest
from captcha.models import CaptchaStore
from django.utils import timezone

from billing.guest import codes, upkeep
from billing.guest.models import GuestCode, GuestGrant
from tests.factories.billing import GuestGrantFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_what_guests_left_behind_goes_a_day_later():
    now = timezone.now()
    GuestGrantFactory(created_at=now - dt.timedelta(days=2))
    kept = GuestGrantFactory(created_at=now - dt.timedelta(hours=20))
    codes.ask(found=None, at=now - dt.timedelta(days=2))
    fresh = codes.ask(found=None, at=now)
    CaptchaStore.generate_key()
    assert upkeep.prune(now + dt.timedelta(minutes=16)) == 3
    assert GuestGrant.objects.get() == kept
    assert GuestCode.objects.get() == fresh
