"""Whether the money of this database is real. Where it is, the database itself refuses money of test modes."""

from typing import Any

from django.apps import apps as installed_apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.ledger.models import LedgerTransaction
from billing.payments.models import PaymentAttempt, ProviderEvent, ProviderPayment

# The one row there can be.
ROW = 1
# The invented provider, by what is written down of it: its name, and how its references begin. Where money is real
# it is not installed.
SANDBOX, SANDBOX_REFS = "sandbox", "sbx_"


class InventedMoney(RuntimeError):
    """Money in this database was never real, so it cannot become one where money is."""


class Mode(models.TextChoices):
    LIVE = "live", _("Money is real")
    TEST = "test", _("No money moves")


class DeploymentMode(models.Model):
    """The mode of this database, in one row; none means test. What is live stays so (billing/payments/triggers.py)."""

    Mode = Mode

    id = models.PositiveSmallIntegerField(primary_key=True, default=ROW, editable=False)
    mode = models.CharField(max_length=10, choices=Mode)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=ROW), name="deployment_mode_is_one"),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="deployment_mode_known"),
        ]

    def __str__(self) -> str:
        return self.mode


def is_live() -> bool:
    return DeploymentMode.objects.filter(mode=Mode.LIVE).exists()


def go_live() -> None:
    """Says that money is real from now on, for good. Raises InventedMoney where some was not."""
    of_test_mode = Q(provider=SANDBOX) | Q(livemode=False)
    if (
        LedgerTransaction.objects.filter(source=SANDBOX).exists()
        or PaymentAttempt.objects.filter(checkout_ref__startswith=SANDBOX_REFS).exists()
        or ProviderPayment.objects.filter(of_test_mode).exists()
        or ProviderEvent.objects.filter(of_test_mode).exists()
    ):
        raise InventedMoney("This database holds payments of a test mode. Begin with an empty one.")
    DeploymentMode.objects.update_or_create(pk=ROW, defaults={"mode": Mode.LIVE, "since": timezone.now()})


def follow_environment(*, apps: Any = installed_apps, **signal: Any) -> None:
    """After each `migrate` in production: a database is live from its first day on. Raises InventedMoney."""
    if settings.PRODUCTION and "deploymentmode" in apps.all_models["billing"] and not is_live():
        go_live()
