"""Refills in the admin: the queue takes the place of the admin's own list; and the lists that staff keep."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path

from records.refills import item_pages, queue_pages
from records.refills.controlled import ControlledDrug
from records.refills.pharmacies import Pharmacy
from records.refills.requests import RefillItem
from records.refills.texts import RefillText

# What is done with a request: the address below it, and the page.
BUTTONS = {
    "take": item_pages.take,
    "give-back": item_pages.give_back,
    "approve": item_pages.approve,
    "question": item_pages.question,
    "deny": item_pages.deny,
    "pass-on": item_pages.pass_on,
    "forward": item_pages.forward,
}


@admin.register(RefillItem)
class RefillItemAdmin(admin.ModelAdmin[RefillItem]):
    """Nothing here is typed over: the pages do what records/refills/handling.py offers, and it logs."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: RefillItem | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        guarded, name = self.admin_site.admin_view, "records_refillitem"
        return [
            path("", guarded(queue_pages.queue), name=f"{name}_changelist"),
            path("several/", guarded(queue_pages.approve_several), name=f"{name}_several"),
            path("<uuid:object_id>/change/", guarded(item_pages.show), name=f"{name}_change"),
            *(
                path(f"<uuid:object_id>/{button}/", guarded(page), name=f"{name}_{button.replace('-', '_')}")
                for button, page in BUTTONS.items()
            ),
        ]


@admin.register(Pharmacy)
class PharmacyAdmin(admin.ModelAdmin[Pharmacy]):
    """One that is no longer used is made inactive: requests still say where they went."""

    list_display = ("name", "city", "postal_code", "phone", "is_clinics_own", "active")
    list_filter = ("active", "is_clinics_own")
    search_fields = ("name", "city", "postal_code")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ControlledDrug)
class ControlledDrugAdmin(admin.ModelAdmin[ControlledDrug]):
    list_display = ("words", "code", "schedule")
    list_filter = ("schedule",)
    search_fields = ("words", "code")


@admin.register(RefillText)
class RefillTextAdmin(admin.ModelAdmin[RefillText]):
    list_display = ("name", "purpose")
    list_filter = ("purpose",)
    search_fields = ("name", "body")
