"""Refills: what is asked for, the pharmacies, and the lists that staff keep."""

from records.refills.controlled import ControlledDrug
from records.refills.pharmacies import Pharmacy, PreferredPharmacy
from records.refills.requests import RefillDraft, RefillEvent, RefillItem, RefillRequest
from records.refills.texts import RefillText

__all__ = [
    "ControlledDrug",
    "Pharmacy",
    "PreferredPharmacy",
    "RefillDraft",
    "RefillEvent",
    "RefillItem",
    "RefillRequest",
    "RefillText",
]
