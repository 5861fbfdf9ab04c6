"""Tells people that new results are there, once a day for each patient; never whose, nor what."""

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.access.models import Grant
from records.access.permissions import Permission
from records.notifications import kinds
from records.notifications.actions import notify
from records.notifications.choices import Category
from records.results.models import DiagnosticReport

KIND = kinds.register(
    "result", subject=_("New test results"), template="records/results/new_email", category=Category.RESULTS
)
# Older care that is only now brought in is no news; what was released this long ago was told of.
FRESH, LOOK_BACK = dt.timedelta(days=14), dt.timedelta(days=1)


def tell_new(at: dt.datetime) -> int:
    """Looks at what was released within a day and tells everyone who may see it; how many patients. A periodic job."""
    released = (
        DiagnosticReport.objects.results()
        .valid()
        .filter(released_at__gt=at - LOOK_BACK, released_at__lte=at, effective_start__gt=at - FRESH)
    )
    plain = set(released.filter(is_sensitive=False).values_list("patient", flat=True))
    patients = set(released.values_list("patient", flat=True))
    grants = Grant.objects.active(at).filter(patient__in=patients).select_related("user")
    for grant in grants.order_by("pk"):
        may_see = Permission.RESULTS in grant.permission_set
        if may_see and (grant.patient_id in plain or Permission.SENSITIVE in grant.permission_set):
            notify(
                kind=KIND,
                cause=f"results:{grant.patient_id}:{timezone.localdate(at)}",
                at=at,
                user=grant.user,
                context={"url": settings.PORTAL_URL},
                path=reverse("records:results", kwargs={"patient": grant.patient_id}),
            )
    return len(patients)
