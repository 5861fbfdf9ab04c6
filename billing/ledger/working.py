"""The buttons on a work item's page: the one that the item carries, and the one that says it is done."""

import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing.ledger import work
from billing.ledger.work import WorkItem
from records.access.reviewed import sign
from records.access.staff_pages import StaffRequest, staff_page


class PressForm(forms.Form):
    """The page is the review: what it showed comes back with the press."""

    cents = forms.IntegerField(min_value=1)


@require_POST
@staff_page("billing.change_workitem")
def press(request: StaffRequest, item: uuid.UUID) -> HttpResponse:
    """Does what the item's button says, for the amount that the page showed, and marks the item done."""
    row = get_object_or_404(WorkItem, pk=item)
    details, form = work.details_of(row), PressForm(request.POST)
    button = details.press if details else None
    if button is not None and not request.user.has_perm(button.permission):
        raise PermissionDenied
    if button is None or not form.is_valid():
        messages.info(
            request, _("It was done already, or nothing of it waits any more. Look below for what became of it.")
        )
        return _back(row)
    now = timezone.now()
    try:
        with transaction.atomic():
            said = button.act(request.user, form.cleaned_data["cents"], now)
            work.mark_done(items=WorkItem.objects.filter(pk=row.pk), by=request.user, at=now)
    except work.Changed:
        messages.error(request, _("The amount has changed since you opened this page. Nothing was sent. Look again."))
        return _back(row)
    sign(request, row, f"pressed: {form.cleaned_data['cents']} cents")
    messages.success(request, said)
    return _back(row)


@require_POST
@staff_page("billing.change_workitem")
def done(request: StaffRequest, item: uuid.UUID) -> HttpResponse:
    """Marks one item done by who pressed."""
    row = get_object_or_404(WorkItem, pk=item)
    if work.mark_done(items=WorkItem.objects.filter(pk=row.pk), by=request.user, at=timezone.now()):
        sign(request, row, "done")
    messages.success(request, _("Done."))
    return _back(row)


def _back(row: WorkItem) -> HttpResponse:
    return redirect("admin:billing_workitem_change", row.pk)
