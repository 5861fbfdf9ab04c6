import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from records.access.models import User
from records.approvals import actions, kinds
from records.approvals.models import Approval
from tests.factories.records import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

carried_out: list[tuple[str, bool]] = []
KIND = kinds.register(
    "test_kind",
    label="A thing",
    permission="billing.approve_refund",
    model="billing.Refund",
    told=lambda object_ids: {},
    decided=lambda object_id, is_approved, by, at: carried_out.append((object_id, is_approved)),
)


@pytest.fixture(autouse=True)
def nothing_yet() -> None:
    carried_out.clear()


@pytest.fixture
def clerk() -> User:
    return _who_may()


def _who_may(**fields) -> User:
    user = UserFactory(is_staff=True, **fields)
    user.user_permissions.add(Permission.objects.get(codename="approve_refund"))
    return User.objects.get(pk=user.pk)


def _ask(by: User) -> Approval:
    return actions.ask(kind=KIND, object_id="1", by=by, at=timezone.now())


def _decide(approval: Approval, by: User, is_approved: bool = True) -> None:
    actions.decide(approval_id=approval.pk, is_approved=is_approved, note="", by=by, at=timezone.now())


@pytest.mark.parametrize("is_approved", [True, False])
def test_second_person_decides_and_it_is_carried_out(clerk, is_approved):
    _decide(_ask(clerk), _who_may(), is_approved)
    assert carried_out == [("1", is_approved)]


def test_nobody_decides_what_they_asked_for(clerk):
    with pytest.raises(actions.NotTheirs):
        _decide(_ask(clerk), clerk)
    assert carried_out == []


@pytest.mark.parametrize("who", ["without the permission", "deactivated", "deactivated superuser"])
def test_who_may_not_decide(clerk, who):
    others = {
        "without the permission": lambda: UserFactory(is_staff=True),
        "deactivated": lambda: _who_may(is_active=False),
        "deactivated superuser": lambda: UserFactory(is_staff=True, is_superuser=True, is_active=False),
    }
    with pytest.raises(actions.NotTheirs):
        _decide(_ask(clerk), others[who]())
    assert carried_out == []


def test_what_is_decided_stays_decided(clerk):
    approval = _ask(clerk)
    _decide(approval, _who_may(), is_approved=False)
    with pytest.raises(actions.Decided):
        _decide(approval, _who_may())
    assert carried_out == [("1", False)]


def test_asking_again_changes_nothing(clerk):
    first = _ask(clerk)
    assert _ask(_who_may()) == first
    assert Approval.objects.get().requested_by == clerk


def test_kind_that_nobody_registered_cannot_be_asked_for(clerk):
    with pytest.raises(KeyError):
        actions.ask(kind="unknown", object_id="1", by=clerk, at=timezone.now())
