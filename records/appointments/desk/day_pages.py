"""A provider's day and week, and cancellations that came late."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from records.access.gate import send_logged
from records.access.staff_pages import StaffRequest, frame, log_seen, staff_page
from records.appointments import changing
from records.appointments.bookings import Appointment
from records.appointments.desk import days
from records.appointments.desk.gate import CHANGE, VIEW, actor_of, appointments, row_page
from records.appointments.kinds import APPOINTMENT

PER_PAGE = 25


@require_safe
@staff_page(VIEW)
def show(request: StaffRequest) -> HttpResponseBase:
    """The day, or the week, of the provider that the address names."""
    at = timezone.now()
    today, providers = timezone.localdate(at), days.providers(at)
    provider = days.provider_of(request.GET.get("provider", ""), providers)
    is_week = request.GET.get("view") == "week"
    first = days.date_of(request.GET.get("date", ""), today)
    if is_week:
        first -= dt.timedelta(days=first.weekday())
    step = dt.timedelta(days=days.WEEK if is_week else 1)
    shown = days.days_of(provider, first, step.days, at) if provider else []
    context = {
        **frame(_("Appointments")),
        "provider": provider,
        "providers": providers,
        "is_week": is_week,
        "first": first,
        "today": today,
        "before": first - step,
        "after": first + step,
        "days": shown,
        "late_count": _late().count(),
        "may_act": request.user.has_perm(CHANGE),
    }
    response = TemplateResponse(request, "admin/appointments/days.html", context)
    count = sum(len(day.appointments) for day in shown)
    return send_logged(request, response, lambda: log_seen(request, APPOINTMENT, object_id="appointments", count=count))


@require_safe
@staff_page(VIEW)
def late(request: StaffRequest) -> HttpResponseBase:
    """Cancellations that came late or with words of danger and that nobody has looked at, newest first."""
    page = Paginator(_late(), PER_PAGE).get_page(request.GET.get("page"))
    context = {**frame(_("Late cancellations")), "page_obj": page, "may_act": request.user.has_perm(CHANGE)}
    response = TemplateResponse(request, "admin/appointments/late.html", context)
    return send_logged(
        request, response, lambda: log_seen(request, APPOINTMENT, object_id="late cancellations", count=len(page))
    )


@require_POST
@row_page(appointments)
def seen(request: StaffRequest, appointment: Appointment) -> HttpResponseBase:
    changing.look_at_late(actor=actor_of(request), appointment_id=appointment.pk, at=timezone.now())
    messages.success(request, _("Taken off the list."))
    return redirect("admin:records_appointment_late")


def _late() -> Any:
    rows: Any = appointments()
    return rows.cancelled_to_look_at().order_by("-cancelled_at", "pk")
