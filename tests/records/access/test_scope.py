import datetime as dt

import pytest
from django.utils import timezone

from records.access.models import Grant
from records.access.permissions import PARENT_OF_TEEN, Permission
from records.access.scope import PermissionMissing, scope_for, scopes_of
from tests.factories.records import GrantFactory, PatientFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_scope_holds_what_the_grant_gives_and_no_more():
    grant = GrantFactory(kind=Grant.Kind.PARENT, permissions=sorted(PARENT_OF_TEEN))
    scope = scope_for(grant.user, grant.patient.pk, timezone.now())
    assert scope.may(Permission.ALLERGIES)
    assert not scope.may(Permission.RESULTS)
    with pytest.raises(PermissionMissing):
        scope.require(Permission.RESULTS)


def test_grant_ends_at_its_moment():
    now = timezone.now()
    grant = GrantFactory(ends_at=now + dt.timedelta(hours=1))
    assert scope_for(grant.user, grant.patient.pk, now) is not None
    assert scope_for(grant.user, grant.patient.pk, now + dt.timedelta(hours=1)) is None


def test_grant_begins_at_its_moment():
    now = timezone.now()
    grant = GrantFactory(starts_at=now + dt.timedelta(hours=1))
    assert scope_for(grant.user, grant.patient.pk, now) is None


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": True}])
def test_inactive_and_staff_accounts_have_no_scope(change):
    grant = GrantFactory(user=UserFactory(**change))
    assert scope_for(grant.user, grant.patient.pk, timezone.now()) is None
    assert scopes_of(grant.user, timezone.now()) == []


def test_own_record_comes_first_then_names():
    user = UserFactory()
    for family, kind in (("Zimmer", Grant.Kind.PROXY), ("Adams", Grant.Kind.PROXY), ("Young", Grant.Kind.SELF)):
        GrantFactory(user=user, patient=PatientFactory(given="A", family=family), kind=kind)
    names = [scope.patient.family for scope in scopes_of(user, timezone.now())]
    assert names == ["Young", "Adams", "Zimmer"]


def test_death_closes_every_grant_but_the_personal_representatives():
    now = timezone.now()
    patient = PatientFactory(is_deceased=True, deceased_at=now)
    own = GrantFactory(patient=patient)
    representative = GrantFactory(patient=patient, kind=Grant.Kind.REPRESENTATIVE)
    assert scope_for(own.user, patient.pk, now) is None
    assert scope_for(representative.user, patient.pk, now) is not None


def test_permission_of_an_older_release_counts_for_nothing():
    grant = GrantFactory(permissions=["results", "telepathy"])
    assert grant.permission_set == {Permission.RESULTS}
