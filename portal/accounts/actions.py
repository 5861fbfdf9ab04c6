"""Letting patients in: codes are issued, revoked and redeemed."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.ledger import accounts
from portal.accounts import codes
from portal.accounts.models import ActivationCode
from records.access import kinds, log
from records.access.log import Origin
from records.access.models import Grant, User
from records.access.permissions import ALL
from records.models import Patient

KIND = kinds.register("activation", _("the sign-up for this record"))
LIFETIME = dt.timedelta(days=14)


class AlreadyActivated(Exception):
    """Somebody has signed up for this record already; their grant has to be revoked first."""


class CodeNotUsable(Exception):
    """The code was used, revoked or replaced, or it expired, since it was typed."""


@transaction.atomic
def issue(*, patient: Patient, staff: User, at: dt.datetime, origin: Origin) -> tuple[ActivationCode, str]:
    """Makes a code for `patient`, valid for 14 days, and revokes the earlier ones.

    Returns the row and the code itself, which is stored nowhere: show it once. Raises AlreadyActivated.
    """
    Patient.objects.select_for_update().get(pk=patient.pk)
    if Grant.objects.filter(patient=patient, kind=Grant.Kind.SELF, revoked_at__isnull=True).exists():
        raise AlreadyActivated
    ActivationCode.objects.usable(at).filter(patient=patient).update(revoked_at=at)
    text = codes.generate()
    activation = ActivationCode.objects.create(
        patient=patient, digest=codes.digest(text), created_at=at, created_by=staff, expires_at=at + LIFETIME
    )
    _log(activation, staff, acting_as="staff", at=at, origin=origin)
    return activation, text


@transaction.atomic
def revoke(*, activation: ActivationCode, staff: User, at: dt.datetime, origin: Origin) -> bool:
    """Makes an unused code worthless; says whether there was anything left to revoke."""
    if not ActivationCode.objects.usable(at).filter(pk=activation.pk).update(revoked_at=at):
        return False
    _log(activation, staff, acting_as="staff", at=at, origin=origin)
    return True


@transaction.atomic
def redeem(*, activation: ActivationCode, user: User, at: dt.datetime, origin: Origin) -> Grant:
    """Spends the code and gives `user` the patient's own grant, with every permission, and their own bills.

    Call it for somebody who has proved the code and the birth date in this session and whose e-mail
    address is verified. Raises CodeNotUsable; of two at once, one wins.
    """
    Patient.objects.select_for_update().get(pk=activation.patient_id)
    taken = Grant.objects.filter(revoked_at__isnull=True, kind=Grant.Kind.SELF)
    if user.is_staff or taken.filter(patient=activation.patient_id).exists() or taken.filter(user=user).exists():
        raise CodeNotUsable
    if not ActivationCode.objects.usable(at).filter(pk=activation.pk).update(used_at=at, used_by=user):
        raise CodeNotUsable
    # Who was let in as a proxy before now sees the record as their own.
    Grant.objects.filter(user=user, patient=activation.patient_id, revoked_at__isnull=True).update(revoked_at=at)
    grant = Grant.objects.create(
        user=user, patient_id=activation.patient_id, kind=Grant.Kind.SELF, permissions=sorted(ALL), starts_at=at
    )
    accounts.grant_own_accounts(user=user, patient=activation.patient, at=at)
    _log(activation, user, acting_as=Grant.Kind.SELF, at=at, origin=origin)
    return grant


def _log(activation: ActivationCode, actor: User, *, acting_as: str, at: dt.datetime, origin: Origin) -> None:
    log.record(
        kind=KIND,
        verb=log.Verb.CHANGE,
        at=at,
        actor_id=actor.pk,
        actor_name=actor.full_name,
        acting_as=acting_as,
        patient_id=activation.patient_id,
        object_id=str(activation.pk),
        origin=origin,
    )
