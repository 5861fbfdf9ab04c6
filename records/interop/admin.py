"""What came in and what did not, for staff. Batches hold counts and reasons, no patient data."""

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from records.access.admin import ReadOnlyAdmin
from records.interop.models import ImportBatch, ImportIssue

OUTCOMES = ("in", "created", "updated", "unchanged", "not_kept", "rejected")


class ImportIssueInline(admin.TabularInline[ImportIssue, ImportBatch]):
    model = ImportIssue
    fields = ("severity", "resource_type", "resource_id", "path", "reason")
    extra = 0
    max_num = 0
    can_delete = False


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    list_display = (
        "file_name",
        "status",
        "started_at",
        "who",
        "resources_in",
        "resources_kept",
        "resources_not_kept",
        "resources_rejected",
    )
    list_filter = ("status", "source_system")
    list_select_related = ("started_by",)
    search_fields = ("file_name",)
    date_hierarchy = "started_at"
    fields = ("file_name", "source_system", "status", "started_at", "finished_at", "who", "completeness", "reasons")
    readonly_fields = ("who", "completeness", "reasons")
    inlines = (ImportIssueInline,)

    @admin.display(description=_("started by"))
    def who(self, batch: ImportBatch) -> str:
        return batch.started_by.full_name if batch.started_by else str(_("a command on the server"))

    @admin.display(description=_("what became of the resources"))
    def completeness(self, batch: ImportBatch) -> str:
        """In = created + updated + unchanged + not kept + rejected, per type."""
        head = format_html_join("", '<th scope="col">{}</th>', ((name.replace("_", " "),) for name in OUTCOMES))
        rows = format_html_join(
            "",
            '<tr><th scope="row">{}</th>{}</tr>',
            (
                (name, format_html_join("", "<td>{}</td>", ((counts[outcome],) for outcome in OUTCOMES)))
                for name, counts in batch.counts.items()
            ),
        )
        return format_html("<table><thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table>", head, rows)

    @admin.display(description=_("why some are not kept"))
    def reasons(self, batch: ImportBatch) -> str:
        return format_html_join("", "<p>{}: {}</p>", sorted(batch.not_kept.items()))


@admin.register(ImportIssue)
class ImportIssueAdmin(ReadOnlyAdmin):
    list_display = ("batch_id", "severity", "resource_type", "resource_id", "path", "reason")
    list_filter = ("severity", "resource_type")
    search_fields = ("=resource_id", "=batch__id")
