"""What was sent to guarantors: numbered, as it stood on the day, and never changed afterwards."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any, Never

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from billing.ledger.choices import Hold
from billing.ledger.models import GuarantorAccount, VisitAccount


class Unchangeable(TypeError):
    """Somebody tried to change or delete what was sent."""


class SentQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows of letters that went out: they are added and read."""

    def update(self, **kwargs: Any) -> Never:
        raise Unchangeable(self.model.__name__)

    def delete(self) -> Never:
        raise Unchangeable(self.model.__name__)


class Sent(models.Model):
    """A row that is written once. PostgreSQL refuses too (triggers.py)."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Unchangeable(type(self).__name__)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise Unchangeable(type(self).__name__)


class StatementQuerySet(SentQuerySet["Statement"]):
    def of(self, account: GuarantorAccount) -> "StatementQuerySet":
        """An account's statements, the newest first, without the files."""
        return self.filter(account=account).order_by("-cycle").defer("pdf")

    def last_of(self, account_ids: Iterable[uuid.UUID]) -> "StatementQuerySet":
        """The newest statement of each account, without the file."""
        newest = Statement.objects.filter(account=models.OuterRef("account")).order_by("-cycle").values("pk")[:1]
        return self.filter(account__in=list(account_ids), pk=models.Subquery(newest)).defer("pdf")


class Statement(Sent):
    """One letter that asks a guarantor to pay. Amounts are cents on the day it was issued.

    `due_cents` is what it asks for: `owed_cents` without what is held (a plan, an agency, a contest), without
    bank payments on their way, and without what the guarantor's credit covers. `pdf` is the letter itself, the same bytes for ever.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, unique=True)
    account = models.ForeignKey(GuarantorAccount, on_delete=models.PROTECT, related_name="statements")
    account_number = models.CharField(max_length=20)
    # The account's first, second, … statement: two issuers at once cannot both write the same one.
    cycle = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    issued_date = models.DateField()
    due_date = models.DateField()
    addressee = models.TextField()
    owed_cents = models.BigIntegerField()
    held_cents = models.BigIntegerField()
    processing_cents = models.BigIntegerField()
    due_cents = models.BigIntegerField()
    covered_cents = models.BigIntegerField(default=0)
    pending_cents = models.BigIntegerField()
    credit_cents = models.BigIntegerField()
    line_count = models.PositiveSmallIntegerField()
    pdf = models.BinaryField()

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "cycle"], name="statement_once_per_cycle"),
            models.CheckConstraint(condition=Q(due_date__gte=F("issued_date")), name="statement_due_after_issue"),
            models.CheckConstraint(
                condition=Q(due_cents__gt=0)
                & Q(owed_cents=F("due_cents") + F("held_cents") + F("processing_cents") + F("covered_cents")),
                name="statement_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"Statement {self.number}"

    @property
    def name(self) -> str:
        """Whom the letter greets: the first line of the address."""
        return self.addressee.split("\n", 1)[0]


class StatementLine(Sent):
    """One visit as the letter shows it: amounts, date, place and a first name, never what was done."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    visit = models.ForeignKey(VisitAccount, on_delete=models.PROTECT, related_name="+")
    visit_number = models.CharField(max_length=20)
    first_name = models.CharField(max_length=200)
    service_date = models.DateField()
    place = models.CharField(max_length=200, blank=True)
    hold = models.CharField(max_length=20, choices=Hold, blank=True)
    billed_cents = models.BigIntegerField()
    discount_cents = models.BigIntegerField()
    insurance_cents = models.BigIntegerField()
    paid_cents = models.BigIntegerField()
    pending_cents = models.BigIntegerField()
    owed_cents = models.BigIntegerField()

    objects = SentQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "position"], name="statement_line_once"),
            models.UniqueConstraint(fields=["statement", "visit"], name="statement_visit_once"),
            models.CheckConstraint(condition=~Q(hold=Hold.CONFIDENTIAL), name="statement_line_not_confidential"),
        ]

    def __str__(self) -> str:
        return f"Line {self.position} of statement {self.statement_id}"


class StatementLinkQuerySet(models.QuerySet["StatementLink"]):
    def live(self, at: dt.datetime) -> "StatementLinkQuerySet":
        """Links that open their bill: not revoked, not expired, and of a bill on which something is still owed."""
        owed = VisitAccount.objects.on_the_bill().unpaid().filter(account=models.OuterRef("statement__account"))
        return self.filter(models.Exists(owed), revoked_at__isnull=True, expires_at__gt=at)


class StatementLink(models.Model):
    """What the square code on a statement stands for: it opens this bill for whoever holds the letter."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    statement = models.OneToOneField(Statement, on_delete=models.PROTECT, related_name="link")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_reason = models.CharField(max_length=200, blank=True)

    objects = StatementLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True, revoked_reason="")
                | (Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoked_reason="")),
                name="statement_link_revoked_by_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"Statement link {self.id}"
