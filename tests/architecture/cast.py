"""The people who ask for a patient's page in the access matrix."""

import datetime as dt
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone

from records.access.models import Grant, User
from records.access.permissions import ALL, Permission
from tests.factories.records import GrantFactory, PatientFactory, UserFactory


def patient() -> Any:
    return PatientFactory()


def user(role: str, patient: Any, permission: Permission, also: tuple[Permission, ...] = ()) -> User | None:
    """Somebody in `role` towards `patient`, where the page in question needs `permission`, and `also` these."""
    if role == "anonymous":
        return None
    if role == "staff":
        staff = UserFactory(is_staff=True)
        TOTP.activate(staff, generate_totp_secret())  # Without it they would get no further than setting one up.
        return staff
    someone: User = UserFactory()
    now = timezone.now()
    grant: dict[str, Any] = {
        "owner": {"kind": Grant.Kind.SELF, "permissions": sorted(ALL)},
        "proxy_with": {"permissions": [permission, *also]},
        "proxy_without": {"permissions": sorted(ALL - {permission})},
        "proxy_expired": {"permissions": sorted(ALL), "ends_at": now - dt.timedelta(seconds=1)},
        "proxy_revoked": {"permissions": sorted(ALL), "revoked_at": now - dt.timedelta(seconds=1)},
        "stranger": None,
    }[role]
    if grant is not None:
        GrantFactory(
            user=someone, patient=patient, **{"kind": Grant.Kind.PROXY, "starts_at": now - dt.timedelta(days=1)} | grant
        )
    return someone
