"""What staff answer with often, kept in the admin and put into a form by choice."""

from typing import Any, ClassVar

from django.db import models

from records.refills.requests import TEXT_LENGTH
from records.refills.states import Purpose

# Purpose, name, text: what a new installation starts with.
DEFAULTS = [
    ("question", "How much is left?", "How many days of this medication do you have left, and how do you take it now?"),
    ("question", "Side effects?", "Have you noticed anything unpleasant since you take this medication?"),
    ("question", "Which pharmacy?", "The pharmacy you named does not have it. Which other pharmacy suits you?"),
    ("denial", "Visit needed", "We would like to see you before we renew this. Please book a visit; tell us if you run out before it."),
    ("denial", "Blood test needed", "We need a new blood test before we can renew this. The lab takes you without an appointment."),
    ("denial", "Stopped", "Your doctor has stopped this medication. If you were told otherwise, please call us."),
    ("denial", "Too early", "It is too early to renew this. Ask again a week before you run out."),
]  # fmt: skip


class RefillText(models.Model):
    """A question, or a reason not to approve, in words for the patient."""

    purpose = models.CharField(max_length=10, choices=Purpose)
    name = models.CharField(max_length=100)
    body = models.TextField(max_length=TEXT_LENGTH)

    class Meta:
        ordering: ClassVar[list[str]] = ["purpose", "name"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["purpose", "name"], name="refill_text_once"),
        ]

    def __str__(self) -> str:
        return self.name


def load(apps: Any, schema_editor: Any) -> None:
    """Of a migration: adds what is not there yet."""
    text = apps.get_model("records", "RefillText")
    rows = [text(purpose=purpose, name=name, body=body) for purpose, name, body in DEFAULTS]
    text.objects.bulk_create(rows, ignore_conflicts=True)
