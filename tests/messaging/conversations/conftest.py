"""Maya, who reads and writes messages about herself; her teen; the pool that answers; the clinic's hours."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.utils import timezone

from messaging.pools.models import Pool
from records.access.models import Grant
from records.access.permissions import PARENT_OF_TEEN
from records.hours.models import OpeningHours
from tests.factories.messaging import PoolFactory, RuleFactory
from tests.factories.records import GrantFactory, PatientFactory, UserFactory


@pytest.fixture
def family(db):
    """Maya and her daughter Sofia, 15, each with a sign-in; Maya may read and write for Sofia, but nothing sensitive."""
    for day in range(7):
        OpeningHours.objects.update_or_create(
            weekday=day, defaults={"opens_at": dt.time(0), "closes_at": dt.time(23, 59)}
        )
    Pool.objects.all().delete()  # the pools that every installation begins with
    pool = PoolFactory(name="Nurses")
    RuleFactory(pool=pool)
    maya = PatientFactory(given="Maya", family="Alvarez")
    sofia = PatientFactory(
        given="Sofia", family="Alvarez", birth_date=timezone.localdate() - dt.timedelta(days=15 * 366)
    )
    own = GrantFactory(patient=maya, user__full_name="Maya Alvarez")
    teen = GrantFactory(patient=sofia, user__full_name="Sofia Alvarez")
    GrantFactory(user=own.user, patient=sofia, kind=Grant.Kind.PARENT, permissions=sorted(PARENT_OF_TEEN))
    nurse = UserFactory(is_staff=True, full_name="Nora Lindqvist")
    return SimpleNamespace(maya=maya, sofia=sofia, user=own.user, teen=teen.user, pool=pool, nurse=nurse)
