"""Appointments in the admin: the desk's pages take the place of the admin's own lists."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from records.access.admin import ReadOnlyPatientDataAdmin
from records.appointments.bookings import Appointment
from records.appointments.desk import appointment_pages, booking_pages, day_pages, request_pages
from records.appointments.requests import AppointmentRequest
from records.appointments.waiting import WaitlistEntry


class DeskAdmin(admin.ModelAdmin[Any]):
    """Nothing is typed over: the pages do what the actions offer, and those log it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Appointment)
class AppointmentAdmin(DeskAdmin):
    def get_urls(self) -> list[URLPattern]:
        guarded, name = self.admin_site.admin_view, "records_appointment"
        return [
            path("", guarded(day_pages.show), name=f"{name}_changelist"),
            path("late/", guarded(day_pages.late), name=f"{name}_late"),
            path("book/", guarded(booking_pages.who), name=f"{name}_book"),
            path("book/<uuid:patient_id>/", guarded(booking_pages.when), name=f"{name}_when"),
            path("<uuid:object_id>/change/", guarded(appointment_pages.show), name=f"{name}_change"),
            path("<uuid:object_id>/mark/", guarded(appointment_pages.mark), name=f"{name}_mark"),
            path("<uuid:object_id>/cancel/", guarded(appointment_pages.cancel), name=f"{name}_cancel"),
            path("<uuid:object_id>/video/", guarded(appointment_pages.video_link), name=f"{name}_video"),
            path("<uuid:object_id>/seen/", guarded(day_pages.seen), name=f"{name}_seen"),
        ]


@admin.register(AppointmentRequest)
class AppointmentRequestAdmin(DeskAdmin):
    def get_urls(self) -> list[URLPattern]:
        guarded, name = self.admin_site.admin_view, "records_appointmentrequest"
        return [
            path("", guarded(request_pages.queue), name=f"{name}_changelist"),
            path("<uuid:object_id>/change/", guarded(request_pages.show), name=f"{name}_change"),
            path("<uuid:object_id>/take/", guarded(request_pages.take), name=f"{name}_take"),
            path("<uuid:object_id>/answer/", guarded(request_pages.answer), name=f"{name}_answer"),
        ]


@admin.register(WaitlistEntry)
class WaitlistEntryAdmin(ReadOnlyPatientDataAdmin):
    """Who waits for an earlier time; offers are made by themselves."""

    list_display = ("id", "waits_for", "provider", "earliest_date", "same_provider", "created_at", "ended_at")
    list_filter = (("ended_at", admin.EmptyFieldListFilter), "same_provider")
    list_select_related = ("appointment__visit_type", "appointment__provider__practitioner")
    ordering = ("created_at", "pk")

    @admin.display(description=_("visit"))
    def waits_for(self, entry: WaitlistEntry) -> str:
        return str(entry.appointment.visit_type)

    @admin.display(description=_("provider"))
    def provider(self, entry: WaitlistEntry) -> str:
        return str(entry.appointment.provider)
