"""Who else pays: the patient's insurance."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.access.permissions import Permission
from records.patients.clinical import NAME_LENGTH, ClinicalRow


class Coverage(ClinicalRow):
    """One insurance of a patient. The code triple is its kind (HIP, PPO, …); the effective period its term."""

    permission = Permission.PROFILE

    payor = models.ForeignKey(
        "records.Organization", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    payor_name = models.CharField(_("insurer"), max_length=NAME_LENGTH, blank=True)
    plan_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    group_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    group_number = models.CharField(max_length=100, blank=True)
    subscriber_id = models.CharField(_("member number"), max_length=100, blank=True)
    relationship = models.CharField(max_length=40, blank=True)
    order = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta(ClinicalRow.Meta):
        verbose_name_plural = "coverages"
