"""Lets the list of medications say of each whether more of it was asked for."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django import template
from django.utils import timezone

from records.access.permissions import Permission
from records.access.scope import Scope
from records.models import MedicationRequest, RefillItem

register = template.Library()


@register.simple_tag
def requests_under_way(rows: Iterable[MedicationRequest], scope: Scope) -> dict[uuid.UUID, RefillItem] | None:
    """The request that is under way for each of the medications; None for who may not see requests. One query."""
    if not scope.may(Permission.REFILLS):
        return None
    at: dt.datetime = timezone.now()
    items = RefillItem.objects.for_scope(scope).under_way(at).filter(medication__in=[row.pk for row in rows])
    return {item.medication_id: item for item in items}


@register.filter
def of_medication(items: dict[uuid.UUID, RefillItem], row: MedicationRequest) -> RefillItem | None:
    return items.get(row.pk)


@register.filter
def may_ask_for_refills(scope: Scope) -> bool:
    """Whether the reader may ask now: nothing is asked for a patient who has died."""
    return scope.may(Permission.REFILLS_REQUEST) and not scope.patient.is_deceased
