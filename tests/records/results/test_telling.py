import datetime as dt

import pytest
from django.utils import timezone

from records.access.models import Grant
from records.access.permissions import Permission
from records.models import Notification
from records.results import telling
from tests.factories.chart import ReportFactory
from tests.factories.records import GrantFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

NOW = timezone.now()


@pytest.fixture
def grant() -> Grant:
    return GrantFactory()


def _report(grant, **fields):
    terms = {"effective_start": NOW - dt.timedelta(days=1), "released_at": NOW - dt.timedelta(hours=1)} | fields
    return ReportFactory(patient=grant.patient, **terms)


def _told() -> set:
    return set(Notification.objects.filter(kind=telling.KIND, channel="email").values_list("user", flat=True))


def test_everyone_who_may_see_new_results_is_told_once_a_day(grant):
    _report(grant)
    _report(grant)
    proxy = GrantFactory(patient=grant.patient, kind="proxy")
    GrantFactory(patient=grant.patient, kind="proxy", permissions=[Permission.SUMMARY])
    GrantFactory()
    for _ in range(2):
        telling.tell_new(NOW)
    assert _told() == {grant.user_id, proxy.user_id}
    assert Notification.objects.filter(channel="email").count() == 2
    assert str(grant.patient.family) not in str(Notification.objects.values_list("context", flat=True))


@pytest.mark.parametrize(
    "fields",
    [
        {"released_at": None},
        {"released_at": NOW + dt.timedelta(hours=1)},
        {"released_at": NOW - dt.timedelta(days=2)},
        {"effective_start": NOW - dt.timedelta(days=30)},
        {"entered_in_error": True},
    ],
)
def test_what_is_not_released_or_no_news_is_not_told(grant, fields):
    _report(grant, **fields)
    telling.tell_new(NOW)
    assert _told() == set()


def test_sensitive_result_is_told_only_to_those_who_may_see_it(grant):
    _report(grant, is_sensitive=True)
    plain = [each for each in Permission if each != Permission.SENSITIVE]
    GrantFactory(patient=grant.patient, kind="parent", permissions=plain)
    telling.tell_new(NOW)
    assert _told() == {grant.user_id}
