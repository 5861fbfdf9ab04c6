import datetime as dt

import pytest
from django.utils import timezone

from messaging.inbox import absences
from messaging.models import Absence
from tests.messaging.inbox.conftest import asked

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.mark.parametrize("has_stand_in", [True, False])
def test_what_waits_with_somebody_who_is_away_is_passed_on(office, has_stand_in):
    now = timezone.now()
    waiting, other = asked(office.pool, assigned_to=office.nurse), asked(office.pool, assigned_to=office.colleague)
    stand_in = office.colleague if has_stand_in else None
    Absence.objects.create(user=office.nurse, starts_at=now, ends_at=now + dt.timedelta(days=3), forward_to=stand_in)
    assert absences.forward_work(now) == 1
    assert absences.forward_work(now) == 0
    waiting.refresh_from_db()
    other.refresh_from_db()
    assert (waiting.assigned_to, other.assigned_to) == (stand_in, office.colleague)
