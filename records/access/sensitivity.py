"""Which codes and labels make a row sensitive: an editable list, since real files carry no labels."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

# HL7 v3 ActCode and Confidentiality values that restrict a row
# (https://terminology.hl7.org/ValueSet-v3-InformationSensitivityPolicy.html).
SENSITIVE_LABELS = frozenset(
    {
        "R",
        "V",
        "ETH",
        "ETHUD",
        "OPIOIDUD",
        "HIV",
        "PSY",
        "PSYTHPN",
        "BH",
        "SUD",
        "SEX",
        "SDV",
        "STD",
        "TBOO",
        "SOC",
        "GDIS",
    }
)


class SensitiveCategory(models.TextChoices):
    SEXUAL_HEALTH = "sexual", _("Sexual and reproductive health")
    HIV_STI = "sti", _("HIV and other sexually transmitted infections")
    MENTAL_HEALTH = "mental", _("Mental health")
    SUBSTANCE_USE = "substance", _("Substance use")


class SensitiveCode(models.Model):
    """One code of the clinic's list of what is private even from a proxy."""

    Category = SensitiveCategory

    system = models.CharField(_("code system"), max_length=200)
    code = models.CharField(_("code"), max_length=64)
    category = models.CharField(_("category"), max_length=20, choices=SensitiveCategory)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "code"], name="sensitive_code_once")]

    def __str__(self) -> str:
        return f"{self.system} {self.code}"


def sensitive_codes() -> frozenset[tuple[str, str]]:
    """The whole list, for callers that check many rows in one go."""
    return frozenset(SensitiveCode.objects.values_list("system", "code"))


def is_sensitive_code(system: str, code: str) -> bool:
    return SensitiveCode.objects.filter(system=system, code=code).exists()


def has_sensitive_label(labels: Iterable[str]) -> bool:
    """Whether any security label (`meta.security[].code`) restricts the row."""
    return not SENSITIVE_LABELS.isdisjoint(labels)
