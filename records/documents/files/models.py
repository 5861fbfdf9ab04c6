"""A file somebody sent, as it is kept: under a random name, outside what the web server serves."""

import secrets
import uuid

from django.conf import settings
from django.db import models

NAME_LENGTH = 120


def random_path(file: "StoredFile", name: str) -> str:
    """Where a file is stored. Nothing of it says whose it is or what it was called."""
    return f"files/{secrets.token_hex(1)}/{secrets.token_urlsafe(24)}"


class StoredFile(models.Model):
    """What came in through the portal, after every check. Whoever holds it (a message, a document) decides who reads it.

    `name` is what its sender called it, cleaned; `content_type` is what its bytes are.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("records.Patient", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(max_length=NAME_LENGTH)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.FileField(upload_to=random_path, max_length=100)
    created_at = models.DateTimeField()
    # When a scanner found nothing in it; empty where the installation had none.
    scanned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="storedfile_by_age")]

    def __str__(self) -> str:
        return f"Stored file {self.pk}"
