"""What a guarantor hands out: invitations to pay with a sign-in, and links to pay without one."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.ledger.choices import AccessRole
from billing.ledger.models import GuarantorAccount, VisitAccount
from billing.payments.models import MAX_CENTS, MIN_CENTS

# What somebody else than the guarantor can be given.
LEVELS = [role for role in AccessRole if role != AccessRole.GUARANTOR]


class InvitationQuerySet(models.QuerySet["PayerInvitation"]):
    def unanswered(self) -> "InvitationQuerySet":
        """Neither accepted nor taken back; it may have run out."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)

    def open(self, at: dt.datetime) -> "InvitationQuerySet":
        return self.unanswered().filter(expires_at__gt=at)


class PayerInvitation(models.Model):
    """That a guarantor asked somebody, by e-mail, to pay on an account with a sign-in of their own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(GuarantorAccount, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=20, choices=AccessRole)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoke_reason = models.CharField(max_length=300, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=LEVELS), name="invitation_never_makes_a_guarantor"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="invitation_expires_later"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
                name="invitation_accepted_or_taken_back",
            ),
            models.UniqueConstraint(
                fields=["account", "email"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_one_unanswered_per_address",
            ),
        ]

    def __str__(self) -> str:
        return f"Payer invitation {self.id}"


class LinkUse(models.TextChoices):
    """Who may pay how much with a link."""

    EXACT = "exact", _("One person, exactly this amount")
    UP_TO = "up_to", _("One person, this amount or less")
    SPLIT = "split", _("Several people, until the amount is reached")


class PayLinkQuerySet(models.QuerySet["PayLink"]):
    def open(self, at: dt.datetime) -> "PayLinkQuerySet":
        """Neither revoked nor run out; it may be spent."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=at)


class PayLink(models.Model):
    """A guarantor's request for money that whoever holds its address can answer: an amount and a first name."""

    Use = LinkUse

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(GuarantorAccount, on_delete=models.PROTECT, related_name="pay_links")
    visit = models.ForeignKey(VisitAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    use = models.CharField(max_length=10, choices=LinkUse)
    amount_cents = models.BigIntegerField()
    shown_name = models.CharField(max_length=40)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoke_reason = models.CharField(max_length=300, blank=True)

    objects = PayLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gte=MIN_CENTS, amount_cents__lte=MAX_CENTS), name="pay_link_amount_in_bounds"
            ),
            models.CheckConstraint(condition=~Q(shown_name=""), name="pay_link_shows_a_name"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="pay_link_expires_later"),
        ]

    def __str__(self) -> str:
        return f"Pay link {self.id}"


GRANT_LIFETIME = dt.timedelta(minutes=15)


class PayLinkGrantQuerySet(models.QuerySet["PayLinkGrant"]):
    def active(self, at: dt.datetime) -> "PayLinkGrantQuerySet":
        return self.filter(expires_at__gt=at, link__revoked_at__isnull=True, link__expires_at__gt=at)


class PayLinkGrant(models.Model):
    """That a browser opened a pay link: good for paying what it asks for, 15 minutes. Attempts name it as payer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    link = models.ForeignKey(PayLink, on_delete=models.PROTECT, related_name="grants")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = PayLinkGrantQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Pay link grant {self.id}"
