"""Staff write FAQs and pages here."""

from django.contrib import admin

from portal.home.models import Faq, Page


@admin.register(Faq)
class FaqAdmin(admin.ModelAdmin[Faq]):
    list_display = ("question", "category", "position", "is_top", "is_published")
    list_filter = ("category", "is_published")
    search_fields = ("question", "answer")


@admin.register(Page)
class PageAdmin(admin.ModelAdmin[Page]):
    """The portal links to each page by its address, so pages are changed and never added or deleted."""

    list_display = ("title", "slug", "updated_at")
    fields = ("slug", "title", "lede", "body", "updated_at")
    readonly_fields = ("slug", "updated_at")
    search_fields = ("title", "body")

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: Page | None = None) -> bool:
        return False
