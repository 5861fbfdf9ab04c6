"""Everyone who may read a row of a patient: whom a feature tells of it."""

import datetime as dt

from records.access.models import Grant, User
from records.access.permissions import Permission
from records.access.rows import PatientRow


def readers_of(row: PatientRow, at: dt.datetime, *, may: Permission | None = None) -> list[User]:
    """Those with an active grant for the row's section, and for sensitive information where it is sensitive.

    `may` leaves only those who are also allowed that.
    """
    grants = Grant.objects.active(at).filter(patient=row.patient_id).select_related("user", "patient")
    return [
        grant.user
        for grant in grants.order_by("pk")
        if row.is_seen_with(grant.permission_set) and (may is None or may in grant.permission_set)
    ]
