"""Whose bill it is: files name no guarantor, so an adult is their own, and for others staff have to find one."""

import datetime as dt

from django.db.models import F

from billing.ledger import accounts
from billing.ledger.choices import AccessRole, AccountKind, Standing, WorkKind
from billing.ledger.models import GuarantorAccount
from billing.ledger.work import open_work_item
from records.access.models import Grant, GrantKind
from records.models import Patient, PatientName

ADULT = 18


def account_for(patient: Patient, day: dt.date, at: dt.datetime) -> GuarantorAccount:
    """The personal account that a visit of `day` goes to: the patient's own, else the one they have, else a new one.

    Who was a minor on that day, whose age is not known, and who has died are not made guarantors: without a
    known one they get an account that nobody can pay, and staff a work item.
    """
    accounts.follow_deaths(patient=patient)
    accounts.follow_names(patient=patient)
    personal = GuarantorAccount.objects.filter(kind=AccountKind.PERSONAL)
    is_adult = patient.birth_date is not None and not is_minor(patient, day)
    own = personal.filter(guarantor__patient=patient).order_by("created_at").first()
    if own is not None and (is_adult or patient.is_deceased):
        return own
    if not is_adult or patient.is_deceased:
        theirs = personal.filter(visits__patient=patient)
        return theirs.order_by(F("guarantor").asc(nulls_last=True)).first() or _without_guarantor(patient, at)
    former = PatientName.objects.filter(patient=patient).exclude(family="").values_list("family", flat=True)
    guarantor = accounts.add_guarantor(
        family_name=patient.family, given_name=patient.given, former_names=list(former), patient=patient
    )
    account = accounts.open_account(guarantor=guarantor, at=at)
    for grant in Grant.objects.active(at).filter(patient=patient, kind=GrantKind.SELF).select_related("user"):
        # They signed up before their first bill came.
        accounts.grant_access(user=grant.user, account=account, role=AccessRole.GUARANTOR, at=at)
    return account


def _without_guarantor(patient: Patient, at: dt.datetime) -> GuarantorAccount:
    account = accounts.open_account(guarantor=None, at=at, standing=Standing.GUARANTOR_NEEDED)
    open_work_item(kind=WorkKind.GUARANTOR_NEEDED, cause=f"patient:{patient.pk}", at=at, account=account)
    return account


def is_minor(patient: Patient, day: dt.date) -> bool:
    age = patient.age_on(day)
    return age is not None and age < ADULT
