"""Who is who in the demo, and who may see whose record."""

import datetime as dt
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group

from portal.staff.roles import ROLES
from records.access.models import Grant, GrantKind, User
from records.access.permissions import ADULT_PROXY, ALL, PARENT_OF_TEEN, Permission
from records.models import Address, ContactPoint, Patient

PASSWORD = "larkspur-demo-1"  # noqa: S105 (printed for everybody who tries the demo)
TOTP_SECRET = "LARKSPURDEMOSECRETLARKSPURDEMOSE"  # noqa: S105


@dataclass(frozen=True)
class Member:
    """Somebody who can sign in to the demo, and why they are in it."""

    email: str
    name: str
    why: str
    role: str = ""

    @property
    def is_staff(self) -> bool:
        return bool(self.role)


CAST = {
    member.email: member
    for member in (
        Member("maya@example.org", "Maya Alvarez", "Patient, mother of Leo and Sofia, pays the family’s bills"),
        Member("sofia@example.org", "Sofia Alvarez", "15, with a sign-in and a confidential visit of her own"),
        Member("omar@example.org", "Omar Reyes", "Acts for his mother Lucia"),
        Member("lucia@example.org", "Lucia Reyes", "78, takes warfarin, has a critical result"),
        Member("dev@example.org", "Dev Patel", "17, turns 18 in 29 days"),
        Member("nurse@example.org", "Nora Lindqvist", "Nurse", role="Nurse"),
        Member("clinician@example.org", "Ines Okafor", "Doctor", role="Clinician"),
        Member("billing@example.org", "Ben Whitaker", "Billing office", role="Billing office"),
        Member("frontdesk@example.org", "Faye Monroe", "Front desk", role="Front desk"),
        Member("privacy@example.org", "Priya Nair", "Privacy officer", role="Privacy officer"),
        Member("admin@example.org", "Ada Brandt", "Administrator", role="Administrator"),
    )
}


@dataclass(frozen=True)
class Family:
    """The demo's patients."""

    maya: Patient
    leo: Patient
    sofia: Patient
    omar: Patient
    lucia: Patient
    dev: Patient


def load(day: dt.date, now: dt.datetime) -> Family:
    """Creates the cast, their sign-ins and their grants."""
    users = {email: _user(member) for email, member in CAST.items()}
    family = Family(
        maya=_patient("Maya", "Alvarez", dt.date(1986, 3, 4), "female", "MRN-204417", now),
        leo=_patient("Leo", "Alvarez", _born(day, 9, 130), "male", "MRN-204418", now),
        sofia=_patient("Sofia", "Alvarez", _born(day, 15, 88), "female", "MRN-204419", now),
        omar=_patient("Omar", "Reyes", dt.date(1979, 8, 22), "male", "MRN-319930", now),
        lucia=_patient("Lucia", "Reyes", _born(day, 78, 200), "female", "MRN-319931", now),
        dev=_patient("Dev", "Patel", _birthday_in(day, 29, 18), "male", "MRN-402216", now),
    )
    own = GrantKind.SELF
    _grant(users["maya@example.org"], family.maya, own, ALL, now)
    _grant(users["maya@example.org"], family.leo, GrantKind.PARENT, ALL, now)
    _grant(users["maya@example.org"], family.sofia, GrantKind.PARENT, PARENT_OF_TEEN, now)
    _grant(users["sofia@example.org"], family.sofia, own, ALL, now)
    _grant(users["omar@example.org"], family.omar, own, ALL, now)
    _grant(users["omar@example.org"], family.lucia, GrantKind.PROXY, ADULT_PROXY, now, days=24)
    _grant(users["lucia@example.org"], family.lucia, own, ALL, now)
    _grant(users["dev@example.org"], family.dev, own, ALL, now)
    return family


def _user(member: Member) -> User:
    user = User.objects.create_user(
        member.email,
        PASSWORD,
        full_name=member.name,
        is_staff=member.is_staff,
        is_superuser=member.role == "Administrator",
    )
    if member.role in ROLES:
        user.groups.add(Group.objects.get(name=member.role))
    EmailAddress.objects.create(user=user, email=member.email, verified=True, primary=True)
    if member.is_staff:
        TOTP.activate(user, TOTP_SECRET)
    return user


def _patient(given: str, family: str, born: dt.date, gender: str, mrn: str, now: dt.datetime) -> Patient:
    patient = Patient.objects.create(
        given=given,
        family=family,
        birth_date=born,
        gender=gender,
        mrn=mrn,
        language="en-US",
        source_system="larkspur",
        fhir_type="Patient",
        external_id=mrn,
    )
    ContactPoint.objects.create(
        patient=patient, system="phone", value=f"860-555-01{int(mrn[-2:]):02d}", use="mobile", released_at=now
    )
    Address.objects.create(
        patient=patient,
        use="home",
        lines="12 Delphinium Way",
        city="Hartford",
        state="CT",
        postal_code="06105",
        country="US",
        released_at=now,
    )
    return patient


def _grant(
    user: User, patient: Patient, kind: GrantKind, permissions: frozenset[Permission], now: dt.datetime, days: int = 0
) -> None:
    Grant.objects.create(
        user=user,
        patient=patient,
        kind=kind,
        permissions=sorted(permissions),
        starts_at=now,
        ends_at=now + dt.timedelta(days=days) if days else None,
    )


def _born(day: dt.date, age: int, days_since_birthday: int) -> dt.date:
    """A birth date that makes somebody `age` today, their birthday some days past."""
    birthday = day - dt.timedelta(days=days_since_birthday)
    return birthday.replace(year=birthday.year - age, day=min(birthday.day, 28))


def _birthday_in(day: dt.date, days: int, age: int) -> dt.date:
    """A birth date such that somebody turns `age` in `days`."""
    birthday = day + dt.timedelta(days=days)
    return birthday.replace(year=birthday.year - age)
