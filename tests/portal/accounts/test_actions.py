import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from portal.accounts import actions
from portal.accounts.models import ActivationCode
from records.access.log import AccessLogEntry, Origin
from records.access.models import Grant, User
from records.access.permissions import ALL
from tests.factories.records import GrantFactory, PatientFactory, UserFactory
from tests.portal.accounts.conftest import Issued

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

type Issue = Callable[..., Issued]


def redeem(issued: Issued, user: User | None = None, at: dt.datetime | None = None) -> Grant:
    return actions.redeem(activation=issued.row, user=user or UserFactory(), at=at or timezone.now(), origin=Origin())


def test_redeemed_code_gives_the_patients_own_grant_with_every_permission(issue: Issue) -> None:
    issued = issue()
    user = UserFactory()
    grant = redeem(issued, user)
    assert (grant.user, grant.patient_id, grant.kind) == (user, issued.patient.pk, Grant.Kind.SELF)
    assert grant.permission_set == ALL


def test_code_is_stored_only_as_its_digest(issue: Issue) -> None:
    issued = issue()
    stored = ActivationCode.objects.values().get(pk=issued.row.pk)
    assert issued.text not in str(stored)


def test_code_works_once(issue: Issue) -> None:
    issued = issue()
    redeem(issued)
    Grant.objects.update(revoked_at=timezone.now())
    with pytest.raises(actions.CodeNotUsable):
        redeem(issued)


def test_expired_code_gives_nothing(issue: Issue) -> None:
    issued = issue()
    with pytest.raises(actions.CodeNotUsable):
        redeem(issued, at=timezone.now() + actions.LIFETIME)
    assert not Grant.objects.exists()


def test_revoked_code_gives_nothing(issue: Issue, staff: User) -> None:
    issued = issue()
    assert actions.revoke(activation=issued.row, staff=staff, at=timezone.now(), origin=Origin())
    with pytest.raises(actions.CodeNotUsable):
        redeem(issued)


def test_used_code_cannot_be_revoked(issue: Issue, staff: User) -> None:
    issued = issue()
    redeem(issued)
    assert not actions.revoke(activation=issued.row, staff=staff, at=timezone.now(), origin=Origin())


def test_new_code_replaces_the_earlier_one(issue: Issue) -> None:
    first = issue()
    second = issue(first.patient)
    with pytest.raises(actions.CodeNotUsable):
        redeem(first)
    assert redeem(second)


def test_no_code_is_issued_for_a_record_somebody_has_signed_up_for(staff: User) -> None:
    grant = GrantFactory()
    with pytest.raises(actions.AlreadyActivated):
        actions.issue(patient=grant.patient, staff=staff, at=timezone.now(), origin=Origin())


def test_staff_cannot_redeem_a_code(issue: Issue, staff: User) -> None:
    with pytest.raises(actions.CodeNotUsable):
        redeem(issue(), staff)


def test_account_with_its_own_record_cannot_take_a_second_one(issue: Issue) -> None:
    with pytest.raises(actions.CodeNotUsable):
        redeem(issue(), GrantFactory().user)


def test_proxy_who_redeems_sees_the_record_as_their_own(issue: Issue) -> None:
    patient = PatientFactory()
    proxy = GrantFactory(patient=patient, kind=Grant.Kind.PROXY, permissions=["results"])
    grant = redeem(issue(patient), proxy.user)
    assert Grant.objects.active(timezone.now()).get(user=proxy.user) == grant


def test_issue_and_redemption_are_in_the_access_log(issue: Issue, staff: User) -> None:
    issued = issue()
    user = UserFactory()
    redeem(issued, user)
    logged = AccessLogEntry.objects.filter(patient_id=issued.patient.pk, kind="activation").order_by("number")
    assert [(entry.actor_id, entry.acting_as) for entry in logged] == [(staff.pk, "staff"), (user.pk, "self")]
