import datetime as dt

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from messaging.models import Absence, RoutingRule
from tests.factories.messaging import RuleFactory
from tests.factories.records import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def sign_in(client):
    def sign_in(*codenames, **fields):
        user = UserFactory(is_staff=True, **fields)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        TOTP.activate(user, "A" * 32)
        client.force_login(user)
        return user

    return sign_in


def absence_of(user):
    now = timezone.now()
    return Absence.objects.create(user=user, starts_at=now, ends_at=now + dt.timedelta(days=1))


def typed(user, forward_to, *, days=3):
    starts = timezone.localtime()
    ends = starts + dt.timedelta(days=days)
    return {
        "user": str(user.pk),
        "starts_at_0": f"{starts:%Y-%m-%d}",
        "starts_at_1": f"{starts:%H:%M:%S}",
        "ends_at_0": f"{ends:%Y-%m-%d}",
        "ends_at_1": f"{ends:%H:%M:%S}",
        "forward_to": str(forward_to.pk),
    }


def test_list_of_rules_warns_when_none_takes_everything(client, sign_in):
    sign_in(is_superuser=True)
    RoutingRule.objects.all().delete()
    url = reverse("admin:messaging_routingrule_changelist")
    assert "No rule takes everything" in client.get(url).text
    RuleFactory()
    assert "No rule takes everything" not in client.get(url).text


def test_staff_see_and_enter_only_their_own_absences(client, sign_in):
    other = UserFactory(is_staff=True, full_name="Otto Other")
    theirs = absence_of(other)
    user = sign_in("view_absence", "add_absence", "change_absence")
    assert client.get(reverse("admin:messaging_absence_change", args=[theirs.pk])).status_code == 302
    client.post(reverse("admin:messaging_absence_add"), typed(other, user))
    assert Absence.objects.exclude(pk=theirs.pk).count() == 0
    client.post(reverse("admin:messaging_absence_add"), typed(user, other))
    assert Absence.objects.get(user=user).forward_to == other


def test_who_leads_pools_enters_absences_of_others(client, sign_in):
    other = UserFactory(is_staff=True)
    user = sign_in("view_absence", "add_absence", "change_pool")
    client.post(reverse("admin:messaging_absence_add"), typed(other, user))
    assert Absence.objects.get().user == other


def test_nobody_forwards_to_themselves(client, sign_in):
    user = sign_in("add_absence", "view_absence")
    page = client.post(reverse("admin:messaging_absence_add"), typed(user, user))
    assert "Choose somebody else" in page.text
    assert not Absence.objects.exists()


def test_absence_ends_after_it_starts(client, sign_in):
    user, other = sign_in("add_absence", "view_absence"), UserFactory(is_staff=True)
    page = client.post(reverse("admin:messaging_absence_add"), typed(user, other, days=-1))
    assert "end after it starts" in page.text


def test_pool_page_and_list_open(client, sign_in):
    sign_in(is_superuser=True)
    pool = RuleFactory().pool
    assert pool.name in client.get(reverse("admin:messaging_pool_changelist")).text
    assert client.get(reverse("admin:messaging_pool_change", args=[pool.pk])).status_code == 200
