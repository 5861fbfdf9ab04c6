"""Staff's view of patients and of what is known of them. The clinic's own systems remain the source."""

import zoneinfo
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from records.access.admin import PatientDataAdmin, ReadOnlyPatientDataAdmin
from records.patients.models import CareTeam, Coverage, Location, Patient, Practitioner, RelatedPerson


class ClinicalRowAdmin(PatientDataAdmin):
    """Rows as they came; only whether one is sensitive is for staff to say."""

    list_display = ("id", "patient_id", "code", "status", "effective_start", "is_sensitive", "source_system")
    list_filter = ("is_sensitive", "entered_in_error", "source", "status")
    search_fields = ("=patient__mrn", "=external_id", "=code")
    exclude = ("raw",)
    ordering = ("-updated_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        names = [field.name for field in self.opts.concrete_fields]
        return [name for name in names if name not in ("raw", "is_sensitive")]


@admin.register(Patient)
class PatientAdmin(ReadOnlyPatientDataAdmin):
    patient_path: ClassVar[str] = "pk"
    list_display = ("id", "mrn", "full_name", "birth_date", "is_deceased", "source_system")
    list_filter = ("is_deceased", "active", "source")
    search_fields = ("=mrn", "=external_id", "family", "given")
    exclude = ("raw",)
    ordering = ("family", "given")


admin.site.register([CareTeam, Coverage, RelatedPerson], ClinicalRowAdmin)


class DirectoryAdmin(admin.ModelAdmin[Any]):
    """Staff add to the directory. What came from the clinic's systems is changed there, except what they lack."""

    own_fields: ClassVar[tuple[str, ...]] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or not obj.external_id:
            return ()
        return [name for name in self.get_fields(request) if name not in self.own_fields]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LocationForm(forms.ModelForm[Location]):
    """A place's clock is chosen, because one that is misspelt moves every visit."""

    status = forms.ChoiceField(
        label=_("State"),
        choices=[
            ("active", _("Open")),
            ("suspended", _("Closed for now: nothing can be booked")),
            ("inactive", _("Closed for good: nothing can be booked")),
        ],
    )
    lines = forms.CharField(label=_("Street"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    time_zone = forms.ChoiceField(
        label=_("Time zone"), required=False, help_text=_("Times of visits here are shown by this clock.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.fields.get("time_zone")
        if isinstance(zone, forms.ChoiceField):
            names = sorted(
                name for name in zoneinfo.available_timezones() if "/" in name and name[:3] not in _NO_PLACES
            )
            zone.choices = [("", _("The clinic’s own")), *((name, name.replace("_", " ")) for name in names)]


# Names of time zones that are no place's: Etc/GMT+5, posix/…, right/…, SystemV/….
_NO_PLACES = ("Etc", "pos", "rig", "Sys")


@admin.register(Location)
class LocationAdmin(DirectoryAdmin):
    form = LocationForm
    own_fields = ("time_zone", "directions")
    fields = ("name", "phone", "lines", "city", "state", "postal_code", "status", "time_zone", "directions")
    list_display = ("name", "city", "phone", "time_zone", "status")
    list_filter = ("status",)
    search_fields = ("name", "city")
    ordering = ("name",)


@admin.register(Practitioner)
class PractitionerAdmin(DirectoryAdmin):
    fields = ("prefix", "given", "family", "suffix", "npi", "phone", "email", "active")
    list_display = ("formal_name", "npi", "phone", "active")
    list_filter = ("active",)
    search_fields = ("family", "given", "=npi")
    ordering = ("family", "given")
