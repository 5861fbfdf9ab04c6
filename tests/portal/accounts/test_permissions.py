"""What somebody may do is read in one query, and is what Django says."""

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission

from portal.accounts.backend import PortalBackend
from portal.staff import roles
from records.access.models import User
from tests.factories.records import UserFactory
from tests.queries import cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def nurse():
    """In two roles that overlap, and with a permission of her own."""
    roles.sync()
    user = UserFactory(is_staff=True)
    user.groups.set(Group.objects.filter(name__in=["Nurse", "Clinician"]))
    user.user_permissions.add(Permission.objects.get(codename="view_accesslogentry"))
    return user


def fresh(user):
    return User.objects.get(pk=user.pk)


def test_they_are_those_of_person_and_groups_in_one_query(nurse):
    user, same = fresh(nurse), fresh(nurse)
    found = PortalBackend().get_all_permissions(user)
    assert found == ModelBackend().get_all_permissions(same)
    assert "records.view_accesslogentry" in found and "messaging.change_conversation" in found
    assert cost_of(lambda: PortalBackend().get_all_permissions(fresh(nurse))) == 2  # with reading the person
    assert cost_of(lambda: user.has_perm("records.view_condition")) == 0


def test_groups_of_others_give_nothing(nurse):
    assert PortalBackend().get_all_permissions(fresh(UserFactory(is_staff=True))) == set()


def test_who_is_switched_off_may_nothing(nurse):
    User.objects.update(is_active=False)
    assert PortalBackend().get_all_permissions(fresh(nurse)) == set()
    assert not fresh(nurse).has_perm("records.view_condition")


def test_single_objects_are_nobodys_by_permission(nurse):
    assert PortalBackend().get_all_permissions(fresh(nurse), obj=nurse) == set()
