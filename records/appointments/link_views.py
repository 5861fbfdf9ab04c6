"""The link in a reminder: it says that somebody is coming, and shows nothing of what."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from records.access.gate import public_page
from records.appointments import changing
from records.appointments.reminders import appointment_of


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def coming(request: HttpRequest) -> HttpResponse:
    """Asks by GET, since mail programs open links by themselves; notes it by POST."""
    at = timezone.now()
    appointment = appointment_of(request.GET.get("t", ""), at)
    if appointment is None:
        return render(request, "records/appointments/link.html", {"state": "over"}, status=404)
    if request.method != "POST":
        return render(request, "records/appointments/link.html", {"state": "ask"})
    try:
        changing.confirm(appointment_id=appointment.pk, at=at)
    except changing.NotPossible:
        return render(request, "records/appointments/link.html", {"state": "over"}, status=404)
    return render(request, "records/appointments/link.html", {"state": "done"})
