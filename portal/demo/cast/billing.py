"""The demo's bills: a family's, one for an employer's insurer, and one account of every kind a guest can meet."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from billing.ledger import accounts
from billing.ledger.choices import AccessRole, AccountKind, BillType, Hold, Standing
from billing.ledger.models import Episode, Guarantor, GuarantorAccount
from portal.demo.cast import helped
from portal.demo.cast.bills import Bills, Item, encounter_of, item
from portal.demo.cast.people import Family
from records.access.models import User
from records.models import Patient


@dataclass(frozen=True)
class GuestNumber:
    """A number that works at Pay My Bill, with the last name to type, and what one finds there."""

    number: str
    last_name: str
    why: str


# Not Alvarez first: a guest who pays her in full empties the Billing Summary of the person most people sign in as.
GUEST_NUMBERS = (
    GuestNumber("10552081", "García-López", "$145.00 to pay; $800.00 is on a payment plan"),
    GuestNumber("10729504", "Nguyễn", "an estate’s bill of $268.00"),
    GuestNumber("10204417", "Alvarez", "a family’s bill of $428.16"),
    GuestNumber("7000213305", "Alvarez", "one visit on it, $144.96"),
    GuestNumber("10419931", "Reyes", "waiting for insurance, and a credit of $62.50"),
    GuestNumber("10613749", "O’Brien", "with a collection agency"),
    GuestNumber("10833168", "Whitfield", "nothing to pay"),
    GuestNumber("10377702", "Alvarez", "workers’ compensation, not the patient’s to pay"),
)


def load(family: Family, now: dt.datetime) -> None:
    """Opens every account; the family's clinical record must be there."""
    bills = Bills(now)
    users = {user.email: user for user in User.objects.filter(email__endswith="@example.org")}
    _alvarez(bills, family, users)
    _reyes(bills, family, users)
    for patient in (family.omar, family.dev):
        bills.coverage(patient, "Northfield Mutual", "Northfield HMO", "HMO", subscriber_id=f"NM{patient.mrn[-6:]}")
    _garcia_lopez(bills)
    _obrien(bills)
    _nguyen(bills)
    _whitfield(bills)


def _alvarez(bills: Bills, family: Family, users: dict[str, User]) -> None:
    maya = accounts.add_guarantor(
        given_name="Maya", family_name="Alvarez", patient=family.maya, email="maya@example.org"
    )
    account = accounts.open_account(guarantor=maya, at=bills.when(900), number="10204417", is_imported=True)
    accounts.grant_access(user=users["maya@example.org"], account=account, role=AccessRole.GUARANTOR, at=bills.when(0))
    accounts.grant_access(
        user=users["omar@example.org"], account=account, role=AccessRole.PAYER_AMOUNTS, at=bills.when(0)
    )
    _wrist(bills, account, family.leo)
    bills.statement(account, 40)
    _sofia(bills, account, family.sofia)
    _maya(bills, account, family.maya, users["maya@example.org"])
    _workers_compensation(bills, maya, family.maya, users["maya@example.org"])


def _wrist(bills: Bills, account: GuarantorAccount, leo: Patient) -> None:
    plan = bills.coverage(leo, "Acorn Health Plan", "Acorn PPO", "PPO", subscriber_id="ACN204417", relationship="child")
    emergency, check = encounter_of(leo, "Emergency visit"), encounter_of(leo, "Orthopedic visit")
    episode = Episode.objects.create(title="Leo’s broken wrist")
    hospital: dict[str, Any] = {
        "coverage": plan,
        "episode": episode,
        "encounter": emergency,
        "place": "Larkspur Hospital",
    }
    bills.visit(
        account,
        leo,
        "7000213305",
        71,
        "Emergency department",
        [
            item("Emergency visit", 890_00, discount=365_20, insurer=419_84, coinsurance=104_96),
            item("Medicine and supplies", 350_00, discount=150_00, insurer=160_00, coinsurance=40_00),
        ],
        decided=49,
        **hospital,
    )
    bills.visit(
        account,
        leo,
        "7000213306",
        71,
        "X-ray",
        [
            item("X-ray of the left wrist", 380_00, discount=130_00, insurer=250_00),
            item("Reading of the X-ray", 140_00, discount=44_80, insurer=95_20),
        ],
        decided=49,
        **hospital,
    )
    bills.visit(
        account,
        leo,
        "7000213307",
        71,
        "Splint",
        [item("Splint", 110_00, discount=24_00, insurer=68_80, coinsurance=17_20, code="A4570")],
        decided=49,
        **hospital,
    )
    bills.visit(
        account,
        leo,
        "7000213308",
        64,
        "Orthopedist",
        [
            item("Visit with the orthopedist", 300_00, discount=110_00, insurer=140_00, copay=50_00),
            item("Forearm cast", 140_00, discount=60_00, insurer=80_00),
        ],
        decided=41,
        coverage=plan,
        episode=episode,
        encounter=check,
        place="Larkspur Orthopedics",
        bill_type=BillType.PROFESSIONAL,
    )


def _sofia(bills: Bills, account: GuarantorAccount, sofia: Patient) -> None:
    plan = bills.coverage(
        sofia, "Acorn Health Plan", "Acorn PPO", "PPO", subscriber_id="ACN204417", relationship="child"
    )
    bills.visit(
        account,
        sofia,
        "7000213402",
        18,
        "Knee MRI",
        [Item("MRI of the right knee", 1_180_00), Item("Reading of the MRI", 340_00)],
        coverage=plan,
        encounter=encounter_of(sofia, "Sports medicine visit"),
        place="Larkspur Imaging",
    )
    # Not billed to the plan, whose letters her mother would read; it appears nowhere until staff decide who pays.
    bills.visit(
        account,
        sofia,
        "7000213390",
        33,
        "Confidential visit",
        [Item("Visit", 165_00)],
        encounter=encounter_of(sofia, "Confidential visit"),
        place="Larkspur Teen Clinic",
        is_sensitive=True,
        hold=Hold.CONFIDENTIAL,
    )


def _maya(bills: Bills, account: GuarantorAccount, maya: Patient, user: User) -> None:
    plan = bills.coverage(maya, "Acorn Health Plan", "Acorn PPO", "PPO", subscriber_id="ACN204417")
    biopsy = bills.visit(
        account,
        maya,
        "7000213415",
        20,
        "Skin biopsy",
        [
            item("Biopsy of skin", 420_00, discount=141_00, insurer=22_00, deductible=251_50, coinsurance=5_50),
            item("Laboratory study of the tissue", 270_00, discount=100_00, insurer=136_00, coinsurance=34_00),
        ],
        decided=15,
        coverage=plan,
        encounter=encounter_of(maya, "Skin clinic visit"),
        place="Larkspur Dermatology",
        bill_type=BillType.PROFESSIONAL,
    )
    helped.load(bills, biopsy, user)
    bills.statement(account, 12)
    bills.visit(
        account,
        maya,
        "7000213433",
        6,
        "Blood and urine tests",
        [
            Item("Basic metabolic panel", 96_00),
            Item("Complete blood count", 74_00),
            Item("Hemoglobin A1c", 88_00),
            Item("Urine albumin and creatinine", 92_00),
            Item("Drawing blood", 70_00),
        ],
        coverage=plan,
        encounter=encounter_of(maya, "Lab visit"),
        place="Larkspur Main Lab",
    )


def _workers_compensation(bills: Bills, guarantor: Guarantor, maya: Patient, user: User) -> None:
    account = accounts.open_account(
        guarantor=guarantor,
        at=bills.when(96),
        kind=AccountKind.WORKERS_COMPENSATION,
        number="10377702",
        is_imported=True,
    )
    accounts.grant_access(user=user, account=account, role=AccessRole.GUARANTOR, at=bills.when(0))
    bills.visit(
        account,
        maya,
        "7000213210",
        96,
        "Urgent care visit",
        [Item("Urgent care visit", 365_00), Item("Cleaning and closing a cut on the hand", 247_40)],
        coverage=bills.coverage(maya, "Harbor Mutual Workers’ Compensation", "", "WCBPOL", order=2),
        place="Larkspur Urgent Care",
    )


def _reyes(bills: Bills, family: Family, users: dict[str, User]) -> None:
    lucia = accounts.add_guarantor(
        given_name="Lucia", family_name="Reyes", patient=family.lucia, email="lucia@example.org"
    )
    account = accounts.open_account(guarantor=lucia, at=bills.when(800), number="10419931")
    accounts.grant_access(user=users["lucia@example.org"], account=account, role=AccessRole.GUARANTOR, at=bills.when(0))
    medicare = bills.coverage(family.lucia, "Medicare", "Medicare Part B", "RETIRE", subscriber_id="1EG4-TE5-MK73")
    medigap = bills.coverage(family.lucia, "Elmwood Medigap", "Medigap Plan G", "RETIRE", order=2)
    heart_clinic = bills.visit(
        account,
        family.lucia,
        "7000213107",
        160,
        "Heart clinic visit",
        [item("Visit with the cardiologist", 312_50, discount=50_00, insurer=200_00, deductible=62_50)],
        decided=138,
        coverage=medicare,
        encounter=encounter_of(family.lucia, "Heart clinic visit"),
        place="Larkspur Heart Center",
        bill_type=BillType.PROFESSIONAL,
        is_imported=False,
    )
    bills.paid(heart_clinic, 62_50, 120, "FD-19288")
    # The check crossed her payment at the desk: paid twice, so the second becomes a credit.
    bills.paid(heart_clinic, 62_50, 117, "FD-19304")
    bills.visit(
        account,
        family.lucia,
        "7000213374",
        44,
        "Heart ultrasound",
        [item("Ultrasound of the heart", 921_00, insurer=736_80)],
        decided=23,
        payer="Medicare",
        coverage=medigap,
        place="Larkspur Heart Center",
        is_imported=False,
    )


def _garcia_lopez(bills: Bills) -> None:
    patient, account = _stranger(bills, "Inés", "García-López", dt.date(1991, 5, 17), "MRN-517204", "10552081")
    plan = bills.coverage(patient, "Northfield Mutual", "Northfield HMO", "HMO", subscriber_id="NM552081")
    stay = bills.visit(
        account,
        patient,
        "7000212962",
        240,
        "Hospital stay",
        [
            item("Room and care, two nights", 6_200_00, discount=2_400_00, insurer=2_800_00, deductible=1_000_00),
            item("Medicine and supplies", 900_00, discount=300_00, insurer=400_00, coinsurance=200_00),
        ],
        decided=205,
        coverage=plan,
        place="Larkspur Hospital",
        hold=Hold.PLAN,
        is_imported=False,
    )
    for instalment, days in enumerate((170, 140, 110, 80), start=1):
        bills.paid(stay, 100_00, days, f"FD-18{instalment}52")
    bills.visit(
        account,
        patient,
        "7000213349",
        52,
        "Office visit",
        [item("Visit with the doctor", 260_00, discount=65_00, insurer=50_00, deductible=145_00)],
        decided=30,
        coverage=plan,
        place="Larkspur Garden Street Clinic",
        bill_type=BillType.PROFESSIONAL,
        is_imported=False,
    )
    bills.statement(account, 22)


def _obrien(bills: Bills) -> None:
    patient, account = _stranger(
        bills, "Keira", "O’Brien", dt.date(1988, 11, 2), "MRN-602118", "10613749", standing=Standing.AGENCY
    )
    bills.visit(
        account,
        patient,
        "7000212505",
        520,
        "Urgent care visit",
        [Item("Urgent care visit", 240_00), Item("X-ray of the ankle", 172_35)],
        place="Larkspur Urgent Care",
        hold=Hold.AGENCY,
        is_imported=False,
    )


def _nguyen(bills: Bills) -> None:
    patient, account = _stranger(
        bills,
        "Thanh",
        "Nguyễn",
        dt.date(1941, 2, 9),
        "MRN-729504",
        "10729504",
        standing=Standing.ESTATE,
        died_at=bills.when(130),
    )
    bills.visit(
        account,
        patient,
        "7000213129",
        134,
        "Hospital stay",
        [item("Room and care, four nights", 9_400_00, discount=3_100_00, insurer=6_032_00, coinsurance=268_00)],
        decided=90,
        coverage=bills.coverage(patient, "Medicare", "Medicare Part A", "RETIRE"),
        place="Larkspur Hospital",
        is_imported=False,
    )
    for days in (76, 48, 20):
        bills.statement(account, days)


def _whitfield(bills: Bills) -> None:
    patient, account = _stranger(bills, "Dana", "Whitfield", dt.date(1972, 7, 30), "MRN-833168", "10833168")
    visit = bills.visit(
        account,
        patient,
        "7000213155",
        125,
        "Office visit",
        [Item("Visit with the doctor", 185_00)],
        place="Larkspur Garden Street Clinic",
        bill_type=BillType.PROFESSIONAL,
        is_imported=False,
    )
    bills.paid(visit, 185_00, 125, "FD-19260")


def _stranger(
    bills: Bills,
    given: str,
    family: str,
    born: dt.date,
    mrn: str,
    number: str,
    *,
    standing: Standing = Standing.OPEN,
    died_at: dt.datetime | None = None,
) -> tuple[Patient, GuarantorAccount]:
    """Somebody without a sign-in, who pays as a guest, and their account."""
    patient = Patient.objects.create(
        given=given,
        family=family,
        birth_date=born,
        mrn=mrn,
        source_system="larkspur",
        fhir_type="Patient",
        external_id=mrn,
        is_deceased=died_at is not None,
        deceased_at=died_at,
        deceased_precision="day" if died_at else "",
    )
    guarantor = accounts.add_guarantor(given_name=given, family_name=family, patient=patient)
    return patient, accounts.open_account(guarantor=guarantor, at=bills.when(700), number=number, standing=standing)
