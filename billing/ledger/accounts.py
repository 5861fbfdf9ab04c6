"""Opening accounts and visits, giving them numbers, and saying who may pay on them."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from billing.ledger import actions, numbers
from billing.ledger.charges import Charge
from billing.ledger.choices import AccessRole, AccountKind, Standing
from billing.ledger.models import (
    AccountNumber,
    Guarantor,
    GuarantorAccess,
    GuarantorAccount,
    GuarantorNameKey,
    VisitAccount,
)
from billing.ledger.names import name_key
from records.access.models import User
from records.models import Patient, PatientName


@dataclass(frozen=True)
class Line:
    """One charge to be: what it is called in our own words, and its code where it has one.

    `number` is its place on the claim; 0 means after the lines before it.
    """

    description: str
    cents: int
    service_date: dt.date
    code_system: str = ""
    code: str = ""
    is_sensitive: bool = False
    is_adjudicated: bool = True
    number: int = 0


@transaction.atomic
def add_guarantor(
    *,
    family_name: str,
    given_name: str = "",
    former_names: Sequence[str] = (),
    patient: Patient | None = None,
    email: str = "",
) -> Guarantor:
    """Somebody responsible for paying, who is found under the present last name and every former one."""
    guarantor = Guarantor.objects.create(given_name=given_name, family_name=family_name, patient=patient, email=email)
    add_names(guarantor=guarantor, last_names=[family_name, *former_names])
    return guarantor


@transaction.atomic
def rename_guarantor(*, guarantor: Guarantor, family_name: str, given_name: str) -> None:
    """Gives the guarantor another name; the last name they had until now goes on finding them (payments.md §5)."""
    former = Guarantor.objects.select_for_update().values_list("family_name", flat=True).get(pk=guarantor.pk)
    guarantor.family_name, guarantor.given_name = family_name, given_name
    guarantor.save(update_fields=["family_name", "given_name"])
    add_names(guarantor=guarantor, last_names=[former, family_name])


def add_names(*, guarantor: Guarantor, last_names: Iterable[str]) -> None:
    """Makes the guarantor findable under each last name; names of which nothing is left are passed over."""
    _add_keys((guarantor.pk, name) for name in last_names)


def follow_names(*, patient: Patient | None = None) -> None:
    """Makes guarantors who are patients findable under the last names that the clinic's systems know by now.

    For one patient, or for all. The name on their statements is for staff to change.
    """
    guarantors = Guarantor.objects.filter(patient__isnull=False)
    if patient is not None:
        guarantors = guarantors.filter(patient=patient)
    renamed = guarantors.exclude(patient__family=F("family_name")).values_list("pk", "patient__family")
    former: dict[uuid.UUID, set[str]] = defaultdict(set)
    others = PatientName.objects.filter(patient__in=guarantors.values("patient")).exclude(family=F("patient__family"))
    for patient_id, name in others.values_list("patient", "family"):
        former[patient_id].add(name)
    of_patients = guarantors.filter(patient__in=former).values_list("pk", "patient")
    _add_keys([*renamed, *((pk, name) for pk, patient_id in of_patients for name in former[patient_id])])


def _add_keys(names: Iterable[tuple[uuid.UUID, str]]) -> None:
    """Takes guarantors' ids with a last name each."""
    keys = {(pk, key) for pk, name in names if (key := name_key(name))}
    GuarantorNameKey.objects.bulk_create(
        [GuarantorNameKey(guarantor_id=pk, key=key) for pk, key in sorted(keys)], batch_size=1000, ignore_conflicts=True
    )


@transaction.atomic
def open_account(
    *,
    guarantor: Guarantor | None,
    at: dt.datetime,
    kind: AccountKind = AccountKind.PERSONAL,
    standing: Standing = Standing.OPEN,
    number: str = "",
    is_imported: bool = False,
) -> GuarantorAccount:
    """A numbered account; without a guarantor its standing says that one is needed."""
    account = GuarantorAccount.objects.create(
        guarantor=guarantor,
        kind=kind,
        standing=standing if guarantor is not None else Standing.GUARANTOR_NEEDED,
        created_at=at,
    )
    number_account(account=account, number=number, is_imported=is_imported)
    return account


@transaction.atomic
def open_visit(
    *, visit: VisitAccount, lines: Sequence[Line], at: dt.datetime, number: str = "", is_imported: bool = False
) -> VisitAccount:
    """Saves a new visit account, numbers it, and posts its charges; lines that cost nothing are only listed."""
    visit.created_at = at
    visit.save(force_insert=True)
    number_account(visit=visit, number=number, is_imported=is_imported)
    last = 0
    for line in lines:
        last = line.number or last + 1
        charge = Charge.objects.create(
            visit=visit,
            line=last,
            description=line.description,
            cents=line.cents,
            service_date=line.service_date,
            code_system=line.code_system,
            code=line.code,
            is_sensitive=line.is_sensitive,
            is_adjudicated=line.is_adjudicated,
        )
        if charge.cents:
            actions.charge(charge=charge, at=at)
    visit.refresh_from_db()
    return visit


def number_account(
    *,
    account: GuarantorAccount | None = None,
    visit: VisitAccount | None = None,
    number: str = "",
    is_imported: bool = False,
) -> AccountNumber:
    """Gives an account or a visit its printed number: the one it has already, or a fresh one that is not taken."""
    known = numbers.normalize(number)
    length = numbers.GUARANTOR_DIGITS if account is not None else numbers.VISIT_DIGITS
    while not known:
        candidate = numbers.issue(length)
        known = "" if AccountNumber.objects.filter(number=candidate).exists() else candidate
    return AccountNumber.objects.create(number=known, account=account, visit=visit, is_imported=is_imported)


def follow_deaths(*, patient: Patient | None = None) -> int:
    """Addresses the accounts of guarantors who died to their estate, and back when a death was a mistake.

    For one patient, or for all; returns how many accounts changed.
    """
    accounts = GuarantorAccount.objects.filter(guarantor__patient__isnull=False)
    if patient is not None:
        accounts = accounts.filter(guarantor__patient=patient)
    died = accounts.filter(standing=Standing.OPEN, guarantor__patient__is_deceased=True)
    alive = accounts.filter(standing=Standing.ESTATE, guarantor__patient__is_deceased=False)
    return died.update(standing=Standing.ESTATE) + alive.update(standing=Standing.OPEN)


def grant_access(*, user: User, account: GuarantorAccount, role: AccessRole, at: dt.datetime) -> GuarantorAccess:
    """Lets somebody who signs in pay on the account; who may already, keeps what they have."""
    granted, _created = GuarantorAccess.objects.get_or_create(
        user=user, account=account, revoked_at=None, defaults={"role": role, "created_at": at}
    )
    return granted


def grant_own_accounts(*, user: User, patient: Patient, at: dt.datetime) -> None:
    """At sign-up: lets a patient pay on every account whose guarantor they are themselves."""
    for account in GuarantorAccount.objects.filter(guarantor__patient=patient):
        grant_access(user=user, account=account, role=AccessRole.GUARANTOR, at=at)
