"""Wishes for appointments: the queue, and answering one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet, TextChoices
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from records.access.gate import send_logged
from records.access.staff_pages import StaffRequest, frame, log_seen, staff_page
from records.appointments import requesting
from records.appointments.desk.gate import actor_of, row_page
from records.appointments.kinds import APPOINTMENT
from records.appointments.requests import AppointmentRequest
from records.appointments.states import RequestState

VIEW, CHANGE = "records.view_appointmentrequest", "records.change_appointmentrequest"
PER_PAGE = 25


class Folder(TextChoices):
    WAITING = "waiting", _("Waiting")
    MINE = "mine", _("Mine")
    LATE = "late", _("Overdue")
    ANSWERED = "answered", _("Answered")


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer without an appointment"),
        help_text=_("The patient reads this."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _rows() -> QuerySet[AppointmentRequest]:
    rows: QuerySet[AppointmentRequest] = AppointmentRequest.objects.select_related(
        "patient", "visit_type", "reason", "provider__practitioner", "created_by", "assigned_to", "appointment"
    )
    return rows


@require_safe
@staff_page(VIEW)
def queue(request: StaffRequest) -> HttpResponseBase:
    """One folder, urgent ones first, then by the day they are due."""
    at, user = timezone.now(), request.user
    asked = request.GET.get("folder", "")
    folder = Folder(asked) if asked in Folder.values else Folder.WAITING
    waiting = Q(state=RequestState.OPEN)
    conditions = {
        Folder.WAITING: waiting,
        Folder.MINE: waiting & Q(assigned_to=user),
        Folder.LATE: waiting & Q(due_at__lt=at),
    }
    counts = AppointmentRequest.objects.aggregate(
        **{name.value: Count("pk", filter=condition) for name, condition in conditions.items()}
    )
    if folder == Folder.ANSWERED:
        rows = _rows().exclude(state=RequestState.OPEN).order_by("-decided_at", "pk")
    else:
        rows = _rows().filter(conditions[folder]).order_by("-is_urgent", F("due_at").asc(nulls_last=True), "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **frame(_t("Requests for appointments")),
        "folder": folder,
        "tabs": [(each, counts.get(each.value)) for each in Folder],
        "page_obj": page,
        "query": f"folder={folder.value}&",
        "at": at,
    }
    response = TemplateResponse(request, "admin/appointments/requests.html", context)
    return send_logged(request, response, lambda: log_seen(request, APPOINTMENT, object_id="requests", count=len(page)))


@require_safe
@row_page(_rows, VIEW)
def show(request: StaffRequest, asked: AppointmentRequest) -> HttpResponse:
    return _page(request, asked, AnswerForm())


def _page(request: StaffRequest, asked: AppointmentRequest, form: AnswerForm, status: int = 200) -> HttpResponse:
    at = timezone.now()
    context: dict[str, Any] = {
        **frame(_t("A request for an appointment")),
        "asked": asked,
        "is_open": asked.state == RequestState.OPEN,
        "is_late": asked.state == RequestState.OPEN and asked.due_at is not None and asked.due_at < at,
        "form": form,
        "may_act": request.user.has_perm(CHANGE),
    }
    return TemplateResponse(request, "admin/appointments/request.html", context, status=status)


@require_POST
@row_page(_rows, CHANGE)
def take(request: StaffRequest, asked: AppointmentRequest) -> HttpResponse:
    try:
        requesting.take(actor=actor_of(request), request_id=asked.pk, at=timezone.now())
        messages.success(request, _t("It is yours now."))
    except requesting.Answered:
        _say_answered(request)
    return redirect("admin:records_appointmentrequest_change", object_id=asked.pk)


@require_POST
@row_page(_rows, CHANGE)
def answer(request: StaffRequest, asked: AppointmentRequest) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, asked, form, status=422)
    try:
        requesting.decline(
            actor=actor_of(request), request_id=asked.pk, answer=form.cleaned_data["answer"], at=timezone.now()
        )
        messages.success(request, _t("Answered. The patient is told."))
    except requesting.Answered:
        _say_answered(request)
    return redirect("admin:records_appointmentrequest_change", object_id=asked.pk)


def _say_answered(request: StaffRequest) -> None:
    messages.error(request, _t("Somebody has answered this already. Nothing was changed."))
