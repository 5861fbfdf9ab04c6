"""One appointment as staff see it, and its buttons; everything is done by changing.py."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from records.access.staff_pages import StaffRequest, frame
from records.appointments import changing, rules, video
from records.appointments.bookings import Appointment
from records.appointments.desk.gate import CHANGE, VIEW, actor_of, appointments, row_page
from records.appointments.states import NEXT, CancelReason, Status

MARKS = {
    Status.ARRIVED: _("Arrived"),
    Status.FULFILLED: _("Done"),
    Status.NO_SHOW: _("Missed"),
    Status.BOOKED: _("Put right: only booked"),
}


class CancelForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why"), choices=CancelReason.choices, initial=CancelReason.CLINIC)
    note = forms.CharField(label=_("Note for staff"), max_length=300, required=False)


class VideoForm(forms.Form):
    url = forms.URLField(label=_("Link of the video visit"), max_length=300, assume_scheme="https")

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if not url.startswith("https://"):
            raise forms.ValidationError(_("Use a link that begins with https://."))
        return url


@require_safe
@row_page(appointments, VIEW)
def show(request: StaffRequest, appointment: Appointment) -> HttpResponse:
    return _page(request, appointment)


def _page(request: StaffRequest, appointment: Appointment, status: int = 200, **wrong: forms.Form) -> HttpResponse:
    """The page with fresh forms, or with the one that something was wrong with."""
    at = timezone.now()
    following = NEXT[Status(appointment.status)]
    is_before = appointment.starts_at > at
    context = {
        **frame(_t("Appointment")),
        "appointment": appointment,
        "events": appointment.events.select_related("by"),
        "marks": [
            (status.value, label)
            for status, label in MARKS.items()
            if status in following and not (is_before and status in (Status.NO_SHOW, Status.FULFILLED))
        ],
        "can_cancel": rules.can_change(appointment, at),
        "video_is_ahead": video.is_ahead(appointment, at),
        "cancel_form": wrong.get("cancel") or CancelForm(prefix="cancel"),
        "video_form": wrong.get("video") or VideoForm(prefix="video", initial={"url": appointment.video_url}),
        "answers": _answers(appointment),
        "may_act": request.user.has_perm(CHANGE),
    }
    return TemplateResponse(request, "admin/appointments/appointment.html", context, status=status)


def _answers(appointment: Appointment) -> Iterable[Any]:
    return appointment.check_in.answers.all() if hasattr(appointment, "check_in") else []


@require_POST
@row_page(appointments)
def mark(request: StaffRequest, appointment: Appointment) -> HttpResponse:
    try:
        status = Status(request.POST.get("status", ""))
        changing.mark(actor=actor_of(request), appointment_id=appointment.pk, status=status, at=timezone.now())
        messages.success(request, _t("Noted: %(status)s.") % {"status": status.label})
    except (ValueError, changing.NotPossible):
        messages.error(request, _t("That does not follow from how the appointment stands now. Nothing was changed."))
    return _back(request, appointment)


@require_POST
@row_page(appointments)
def cancel(request: StaffRequest, appointment: Appointment) -> HttpResponse:
    """For the clinic: the patient is told, and the time goes to the wait list."""
    form = CancelForm(request.POST, prefix="cancel")
    if not form.is_valid():
        return _page(request, appointment, status=422, cancel=form)
    typed: dict[str, Any] = form.cleaned_data
    try:
        changing.cancel(
            actor=actor_of(request),
            appointment_id=appointment.pk,
            reason=CancelReason(typed["reason"]),
            note=typed["note"],
            at=timezone.now(),
        )
        messages.success(request, _t("Cancelled. The patient is told."))
    except changing.NotPossible:
        messages.error(request, _t("It can no longer be cancelled. Nothing was changed."))
    return _back(request, appointment)


@require_POST
@row_page(appointments)
def video_link(request: StaffRequest, appointment: Appointment) -> HttpResponse:
    form = VideoForm(request.POST, prefix="video")
    if not form.is_valid():
        return _page(request, appointment, status=422, video=form)
    changing.set_video_link(
        actor=actor_of(request), appointment_id=appointment.pk, url=form.cleaned_data["url"], at=timezone.now()
    )
    messages.success(request, _t("The link is kept. The patient finds it shortly before the visit."))
    return _back(request, appointment)


def _back(request: StaffRequest, appointment: Appointment) -> HttpResponse:
    """To the day that the button was on, or to the appointment."""
    if request.POST.get("back") == "day":
        day = timezone.localdate(appointment.starts_at)
        url = redirect("admin:records_appointment_changelist").url
        return redirect(f"{url}?provider={appointment.provider_id}&date={day.isoformat()}")
    return redirect("admin:records_appointment_change", object_id=appointment.pk)
