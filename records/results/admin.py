"""Staff's view of results, with what was corrected."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from records.patients.admin import ClinicalRowAdmin
from records.results.models import DiagnosticReport, Observation, ResultVersion


class ResultVersionInline(admin.TabularInline[ResultVersion, Any]):
    model = ResultVersion
    fields = ("number", "status", "shown", "flag", "text", "replaced_at")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(DiagnosticReport, Observation)
class ResultAdmin(ClinicalRowAdmin):
    inlines = (ResultVersionInline,)
