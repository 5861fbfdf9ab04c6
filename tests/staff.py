"""Staff at their desk: signed in, with a second factor, in one of the portal's roles."""

import re
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group
from django.test import Client

from portal.staff import roles
from records.access.models import User
from tests.factories.records import UserFactory


def staff_in(role: str, **fields: Any) -> User:
    roles.sync()
    user: User = UserFactory(is_staff=True, **fields)
    user.groups.add(Group.objects.get(name=role))
    TOTP.activate(user, generate_totp_secret())
    return user


def client_of(role: str) -> Client:
    client = Client()
    client.force_login(staff_in(role, full_name="Clara Office"))
    return client


def confirm(client: Client, address: str, form: dict[str, Any], **more: Any) -> Any:
    """Both steps of a reviewed form (records/access/reviewed.py): reads the review, then presses its button."""
    review = client.post(address, form).content.decode()
    shown = re.search(r'name="shown" value="(\w+)"', review)
    return client.post(address, form | {"confirm": "1", "shown": shown[1] if shown else ""}, **more)
