import pytest
from django.utils import timezone

from records.access.models import Grant
from records.access.permissions import ALL, Permission
from records.access.scope import PermissionMissing, Scope, scope_for
from records.models import Condition
from tests.factories.records import GrantFactory, PatientFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def scope(permissions=ALL, patient=None) -> Scope:
    grant = GrantFactory(kind=Grant.Kind.PROXY, permissions=sorted(permissions), patient=patient or PatientFactory())
    return scope_for(grant.user, grant.patient.pk, timezone.now())


def condition(patient, **fields):
    return Condition.objects.create(patient=patient, **{"released_at": timezone.now()} | fields)


def test_only_rows_of_the_scopes_patient_are_seen():
    mine = scope()
    own, _other = condition(mine.patient), condition(PatientFactory())
    assert list(Condition.objects.for_scope(mine)) == [own]


def test_sensitive_rows_need_the_sensitive_permission():
    patient = PatientFactory()
    condition(patient, is_sensitive=True)
    assert Condition.objects.for_scope(scope(patient=patient)).count() == 1
    assert Condition.objects.for_scope(scope(ALL - {Permission.SENSITIVE}, patient)).count() == 0


def test_unreleased_rows_are_seen_by_nobody():
    mine = scope()
    condition(mine.patient, released_at=None)
    assert not Condition.objects.for_scope(mine).exists()


def test_for_scope_raises_without_the_sections_permission():
    with pytest.raises(PermissionMissing):
        Condition.objects.for_scope(scope(ALL - {Permission.PROBLEMS}))


def test_for_scopes_spans_patients_and_leaves_out_closed_sections():
    open_one, closed_one = scope(), scope(ALL - {Permission.PROBLEMS})
    seen, _hidden = condition(open_one.patient), condition(closed_one.patient)
    assert list(Condition.objects.for_scopes([open_one, closed_one])) == [seen]
