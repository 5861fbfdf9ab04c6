"""Staff's view of documents."""

from django.contrib import admin

from records.documents.files import admin as files
from records.documents.models import DocumentReference
from records.patients.admin import ClinicalRowAdmin

__all__ = ["files"]

admin.site.register(DocumentReference, ClinicalRowAdmin)
