"""Files that people sent, for those who look into one; a download is logged as what it is."""

import uuid
from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from records.access import kinds, log
from records.access.admin import ReadOnlyPatientDataAdmin
from records.access.client import origin_of
from records.access.models import User
from records.documents.files.models import StoredFile
from records.documents.files.serving import download

KIND_FILE = kinds.register("file", _("a file, downloaded by staff"))


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyPatientDataAdmin):
    """No role of the portal sees these: what was sent is read in its conversation."""

    list_display = ("id", "content_type", "size", "scanned_at", "created_at", "uploaded_by")
    list_filter = ("content_type", ("scanned_at", admin.EmptyFieldListFilter))
    list_select_related = ("uploaded_by",)
    search_fields = ("=id", "=sha256")
    date_hierarchy = "created_at"
    fields = readonly_fields = (
        "name", "content_type", "size", "sha256", "scanned_at", "created_at", "uploaded_by", "patient", "link",
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        fetch = self.admin_site.admin_view(require_safe(self.fetch))
        return [path("<uuid:pk>/download/", fetch, name="records_storedfile_download"), *super().get_urls()]

    def fetch(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
        """The file as a download, logged before its first byte."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        stored = get_object_or_404(StoredFile, pk=pk)
        response = download(stored)
        user = cast(User, request.user)
        log.record(
            kind=KIND_FILE,
            verb=log.Verb.VIEW,
            at=timezone.now(),
            actor_id=user.pk,
            actor_name=user.full_name,
            acting_as="staff",
            patient_id=stored.patient_id,
            object_id=f"storedfile:{stored.pk}",
            origin=origin_of(request),
        )
        return response

    @admin.display(description=_("file"))
    def link(self, stored: Any) -> str:
        url = reverse("admin:records_storedfile_download", args=[stored.pk])
        return format_html('<a href="{}" download>{}</a>', url, _("Download"))
