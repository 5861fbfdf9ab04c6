"""One small claim for each rule of billing."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from billing.guest.lookup import find
from billing.interop.payers import is_medicaid
from billing.ledger import verification
from billing.ledger.access import payer_scopes_of
from billing.ledger.choices import BillType, Hold, Standing, TransactionKind
from billing.models import Adjudication, GuarantorAccount, LedgerTransaction, VisitAccount, WorkItem
from records.access.models import SensitiveCode
from records.interop import actions
from records.models import ImportIssue, Patient
from tests.factories.records import GrantFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

TODAY = timezone.now().date()
LOINC_HIV = {"system": "http://loinc.org", "code": "75622-1", "display": "HIV test"}
CHECKUP = {
    "system": "http://snomed.info/sct",
    "code": "162673000",
    "display": "General examination of patient (procedure)",
}


def patient(**changes: Any) -> dict[str, Any]:
    name = [{"use": "official", "family": "Moreau", "given": ["Ana"]}, {"use": "maiden", "family": "Novák"}]
    return {"resourceType": "Patient", "id": "p", "name": name, "birthDate": "1980-05-01"} | changes


def money(value: float) -> dict[str, Any]:
    return {"value": value, "currency": "USD"}


def claim(
    *lines: float, days: int = 30, kind: str = "institutional", payer: str = "Acorn", **changes: Any
) -> dict[str, Any]:
    items = [
        {"sequence": n, "productOrService": {"coding": [CHECKUP]}, "net": money(line)}
        for n, line in enumerate(lines, 1)
    ]
    return {
        "resourceType": "Claim",
        "id": "c",
        "status": "active",
        "type": {"coding": [{"code": kind}]},
        "patient": {"reference": "Patient/p"},
        "created": (TODAY - dt.timedelta(days=days)).isoformat(),
        "insurance": [{"focal": True, "coverage": {"display": payer}}] if payer else [],
        "item": items,
        "total": money(sum(lines)),
    } | changes


def explanation(
    *lines: dict[str, float], paid: float | None = None, total: float | None = None, **changes: Any
) -> dict[str, Any]:
    items = []
    for n, parts in enumerate(lines, 1):
        adjudication = [{"category": {"coding": [{"code": code}]}, "amount": money(v)} for code, v in parts.items()]
        items.append({"sequence": n, "productOrService": {"coding": [CHECKUP]}, "adjudication": adjudication})
    built = {
        "resourceType": "ExplanationOfBenefit",
        "id": "e",
        "status": "active",
        "patient": {"reference": "Patient/p"},
        "claim": {"reference": "Claim/c"},
        "created": TODAY.isoformat(),
        "insurance": [{"coverage": {"display": "Acorn"}}],
        "item": items,
    }
    if paid is not None:
        built["payment"] = {"amount": money(paid)}
    if total is not None:
        built["total"] = [{"category": {"coding": [{"code": "submitted"}]}, "amount": money(total)}]
    return built | changes


@pytest.fixture
def load(tmp_path: Path):
    def run(*resources: dict[str, Any], who: dict[str, Any] | None = None) -> VisitAccount | None:
        path = tmp_path / "bundle.json"
        entries = [{"resource": resource} for resource in (who or patient(), *resources)]
        path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
        (report,) = actions.import_fhir([path], at=timezone.now())
        assert report.error == ""
        assert verification.faults() == []
        return VisitAccount.objects.first()

    return run


def test_recent_claim_without_an_answer_waits_for_the_insurer(load):
    visit = load(claim(120.5))
    assert (visit.insurer_cents, visit.patient_cents, visit.billed_cents) == (12050, 0, 12050)


def test_old_claim_without_an_answer_is_closed_history(load):
    assert load(claim(120, days=366)) is None


def test_pharmacy_claims_never_make_bills(load):
    assert load(claim(120, kind="pharmacy")) is None


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error", "draft"])
def test_claim_that_does_not_stand_makes_no_bill(load, status):
    assert load(claim(120, status=status)) is None


def test_visit_without_coverage_is_the_patients(load):
    visit = load(claim(120, payer=""))
    assert (visit.insurer_cents, visit.patient_cents) == (0, 12000)


def test_professional_claim_is_a_physicians_bill(load):
    assert load(claim(120, kind="professional")).bill_type == BillType.PROFESSIONAL


def test_share_is_coinsurance_and_deductible_and_the_rest_a_discount(load):
    decided = {"submitted": 200, "benefit": 100, "coinsurance": 20, "deductible": 30, "copay": 15}
    visit = load(claim(200), explanation(decided, paid=100))
    assert (visit.insurance_cents, visit.discount_cents, visit.patient_cents) == (10000, 5000, 5000)
    adjudication = Adjudication.objects.get()
    assert (adjudication.coinsurance_cents, adjudication.deductible_cents, adjudication.copay_cents) == (2000, 3000, 0)


def test_share_is_the_copay_where_nothing_else_is_given(load):
    visit = load(claim(125), explanation({"submitted": 125, "benefit": 75, "copay": 50}))
    assert (visit.insurance_cents, visit.patient_cents, visit.insurer_cents) == (7500, 5000, 0)


def test_total_over_the_lines_adds_a_visit_fee_that_nobody_owes(load):
    visit = load(claim(100), explanation({"submitted": 100, "benefit": 80, "coinsurance": 20}, total=130))
    fee = visit.charges.get(is_adjudicated=False)
    assert (fee.description, fee.cents) == ("Visit fee", 3000)
    assert (visit.billed_cents, visit.patient_cents, visit.insurer_cents) == (13000, 2000, 3000)


def test_lines_over_the_total_are_kept_and_staff_are_told(load):
    visit = load(claim(100), explanation({"submitted": 100, "benefit": 80, "coinsurance": 20}, total=90))
    assert visit.billed_cents == 10000
    assert WorkItem.objects.filter(kind="eob_mismatch", visit=visit).exists()


def test_payment_that_is_not_the_lines_sum_is_put_before_staff(load):
    visit = load(claim(100), explanation({"submitted": 100, "benefit": 80, "coinsurance": 20}, paid=60))
    assert WorkItem.objects.filter(kind="eob_mismatch", visit=visit).exists()


@pytest.mark.parametrize(
    ("born", "asked"), [("1980-05-01", 400), ((TODAY - dt.timedelta(days=3000)).isoformat(), 0)], ids=["adult", "child"]
)
def test_medicaid_share_beyond_the_copay_is_work_for_staff_and_no_debt(load, born, asked):
    decided = explanation({"submitted": 100, "benefit": 80, "coinsurance": 20})
    visit = load(claim(100, payer="medicaid"), decided, who=patient(birthDate=born))
    assert (visit.patient_cents, visit.insurance_cents, visit.insurer_cents) == (asked, 8000, 2000 - asked)
    assert WorkItem.objects.filter(kind="medicaid_share", visit=visit).exists()


def test_changed_decision_is_reversed_and_decided_again(load):
    load(claim(100), explanation({"submitted": 100, "benefit": 80, "coinsurance": 20}))
    visit = load(claim(100), explanation({"submitted": 100, "benefit": 95, "coinsurance": 5}))
    assert (visit.insurance_cents, visit.patient_cents) == (9500, 500)
    kinds = list(LedgerTransaction.objects.order_by("posted_at").values_list("kind", flat=True))
    assert kinds.count(TransactionKind.ADJUDICATION) == 2
    assert kinds.count(TransactionKind.REVERSAL) == 1


def test_decision_that_changes_back_is_posted_again(load):
    first, second = ({"submitted": 100, "benefit": b, "coinsurance": 100 - b} for b in (80, 95))
    for parts in (first, second, first):
        visit = load(claim(100), explanation(parts))
    assert visit.patient_cents == 2000


def test_answer_that_comes_in_a_later_file_finds_its_visit(load):
    load(claim(100))
    visit = load(explanation({"submitted": 100, "benefit": 80, "coinsurance": 20}))
    assert visit.patient_cents == 2000


def test_answer_to_a_claim_that_made_no_bill_is_not_kept(load):
    assert load(explanation({"submitted": 100, "benefit": 80, "coinsurance": 20})) is None


@pytest.mark.parametrize("changes", [{"status": "cancelled"}, {"item": []}])
def test_claim_that_changes_after_its_bill_is_for_staff(load, changes):
    load(claim(100))
    visit = load(claim(100, **changes))
    assert visit.billed_cents == 10000
    assert WorkItem.objects.filter(kind="claim_changed", visit=visit).exists()


def test_adult_is_their_own_guarantor_and_found_under_every_last_name(load):
    visit = load(claim(100))
    assert visit.account.guarantor.patient == Patient.objects.get()
    for name in ("Moreau", "NOVAK"):
        assert find(visit.account.account_number.number, name) is not None
        assert find(visit.account_number.number, name) is not None


def test_second_visit_goes_to_the_same_account(load):
    load(claim(100))
    load(claim(50, id="c2"))
    assert GuarantorAccount.objects.count() == 1
    assert VisitAccount.objects.count() == 2


def test_death_of_the_guarantor_addresses_the_estate(load):
    load(claim(100))
    visit = load(claim(100), who=patient(deceasedDateTime=TODAY.isoformat()))
    assert visit.account.standing == Standing.ESTATE


def test_sensitive_code_hides_what_the_visit_was(load):
    SensitiveCode.objects.get_or_create(
        system=LOINC_HIV["system"], code=LOINC_HIV["code"], defaults={"category": "sti"}
    )
    hidden = claim(100)
    hidden["item"][0]["productOrService"] = {"coding": [LOINC_HIV]}
    visit = load(hidden)
    assert visit.is_sensitive
    assert visit.charges.get().is_sensitive


def test_confidential_visit_stays_off_the_account(load):
    encounter = {
        "resourceType": "Encounter",
        "id": "v",
        "status": "finished",
        "class": {"code": "AMB"},
        "type": [{"text": "Private talk"}],
        "subject": {"reference": "Patient/p"},
        "period": {"start": f"{TODAY - dt.timedelta(days=9)}T10:00:00Z"},
        "meta": {"security": [{"code": "R"}]},
    }
    private = claim(100)
    private["item"][0]["encounter"] = [{"reference": "Encounter/v"}]
    visit = load(encounter, private)
    assert visit.hold == Hold.CONFIDENTIAL
    assert visit.encounter is not None
    assert visit.service_date == TODAY - dt.timedelta(days=9)
    assert not VisitAccount.objects.on_the_bill().exists()


def test_claim_without_a_date_is_rejected_and_the_rest_kept(load):
    dateless = claim(100)
    del dateless["created"]
    assert load(dateless) is None
    assert Patient.objects.exists()


@pytest.mark.parametrize("value", [-5, 10_000_000, 1e12])
def test_amount_that_cannot_be_one_is_rejected_and_the_rest_kept(load, value):
    visit = load(claim(100), claim(value, id="c2"))
    assert VisitAccount.objects.get() == visit
    assert ImportIssue.objects.filter(resource_type="Claim", resource_id="c2").exists()


def test_other_currencies_are_rejected(load):
    euros = claim(100)
    euros["item"][0]["net"]["currency"] = "EUR"
    assert load(euros) is None


@pytest.mark.parametrize("changes", [{"use": "preauthorization"}, {"prescription": {"reference": "#rx"}}])
def test_estimates_and_prescriptions_never_make_bills(load, changes):
    assert load(claim(100, **changes)) is None


def test_text_of_cpt_is_never_kept(load):
    licensed = claim(100)
    coding = {"system": "http://www.ama-assn.org/go/cpt", "code": "99213", "display": "Licensed words"}
    licensed["item"][0]["productOrService"] = {"coding": [coding], "text": "Licensed words"}
    charge = load(licensed).charges.get()
    assert (charge.code, charge.description) == ("99213", "Charge")


def test_second_answer_to_what_is_decided_is_work_for_staff(load):
    decided = {"submitted": 100, "benefit": 80, "coinsurance": 20}
    visit = load(claim(100), explanation(decided), explanation(decided, id="e2"))
    assert (visit.insurance_cents, visit.patient_cents) == (8000, 2000)
    assert WorkItem.objects.filter(kind="eob_mismatch", visit=visit).exists()


def test_withdrawn_answer_is_taken_back(load):
    decided = {"submitted": 100, "benefit": 80, "coinsurance": 20}
    load(claim(100), explanation(decided))
    visit = load(claim(100), explanation(decided, status="cancelled"))
    assert (visit.insurance_cents, visit.patient_cents, visit.insurer_cents) == (0, 0, 10000)


def test_line_that_is_no_longer_decided_is_taken_back(load):
    decided = {"submitted": 100, "benefit": 80, "coinsurance": 20}
    load(claim(100, 100), explanation(decided, decided))
    visit = load(claim(100, 100), explanation(decided))
    assert (visit.patient_cents, visit.insurer_cents) == (2000, 10000)


def test_denial_is_no_discount_but_work_for_staff(load):
    visit = load(claim(100), explanation({"submitted": 100, "benefit": 0}))
    assert (visit.discount_cents, visit.patient_cents, visit.insurer_cents) == (0, 0, 10000)
    assert WorkItem.objects.filter(kind="eob_mismatch", visit=visit).exists()


def test_share_waits_for_the_second_insurer(load):
    both = [{"focal": True, "coverage": {"display": "Medicare"}}, {"focal": False, "coverage": {"display": "Medigap"}}]
    visit = load(
        claim(100, insurance=both), explanation({"submitted": 100, "benefit": 80, "coinsurance": 20}, insurance=both)
    )
    assert (visit.insurance_cents, visit.patient_cents, visit.insurer_cents) == (8000, 0, 2000)


@pytest.mark.parametrize(
    ("second", "owed", "discount", "insurance"),
    [
        ({"benefit": 20}, 0, 0, 100),
        ({"benefit": 15, "coinsurance": 5}, 5, 0, 95),
        ({"benefit": 15, "copay": 2}, 2, 3, 95),
        ({"benefit": 15, "coinsurance": 80}, 5, 0, 95),
    ],
)
def test_second_insurers_answer_for_the_whole_charge_decides_what_was_left(load, second, owed, discount, insurance):
    both = [{"focal": True, "coverage": {"display": "Medicare"}}, {"focal": False, "coverage": {"display": "Medigap"}}]
    first = explanation({"submitted": 100, "benefit": 80, "coinsurance": 20}, insurance=both)
    last = explanation({"submitted": 100} | second, id="e2")
    for _ in range(2):
        visit = load(claim(100, insurance=both), first, last)
    assert (visit.patient_cents, visit.insurer_cents) == (owed * 100, 0)
    assert (visit.discount_cents, visit.insurance_cents) == (discount * 100, insurance * 100)


def test_second_insurer_who_pays_more_than_was_left_is_work_for_staff(load):
    both = [{"focal": True, "coverage": {"display": "Medicare"}}, {"focal": False, "coverage": {"display": "Medigap"}}]
    first = explanation({"submitted": 100, "benefit": 80, "coinsurance": 20}, insurance=both)
    visit = load(claim(100, insurance=both), first, explanation({"submitted": 100, "benefit": 50}, id="e2"))
    assert (visit.insurance_cents, visit.insurer_cents) == (8000, 2000)
    assert WorkItem.objects.filter(kind="eob_mismatch", visit=visit).exists()


@pytest.mark.parametrize(
    ("name", "is_spared"),
    [("medicaid", True), ("dual_eligible", True), ("Dual-Eligible Plan", True), ("Acorn Individual", False)],
)
def test_medicaid_is_known_by_name_and_nobody_else_taken_for_it(name, is_spared):
    assert is_medicaid(name) == is_spared


def test_visit_that_turns_private_later_leaves_the_account(load):
    encounter = {
        "resourceType": "Encounter",
        "id": "v",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "Patient/p"},
        "period": {"start": f"{TODAY - dt.timedelta(days=9)}T10:00:00Z"},
    }
    visited = claim(100)
    visited["item"][0]["encounter"] = [{"reference": "Encounter/v"}]
    assert load(encounter, visited).hold == Hold.NONE
    visit = load(encounter | {"meta": {"security": [{"code": "R"}]}}, visited)
    assert (visit.hold, visit.is_sensitive) == (Hold.CONFIDENTIAL, True)


def test_self_pay_visit_fee_is_owed_like_its_lines(load):
    visit = load(claim(100, payer="", total=money(130)))
    assert (visit.patient_cents, visit.insurer_cents) == (13000, 0)


def test_visit_as_a_minor_does_not_make_the_adult_of_today_a_guarantor(load):
    eighteenth = TODAY - dt.timedelta(days=20)
    born = eighteenth.replace(year=eighteenth.year - 18, day=min(eighteenth.day, 28)).isoformat()
    child = load(claim(100, days=60), who=patient(birthDate=born))
    assert child.account.standing == Standing.GUARANTOR_NEEDED
    load(claim(100, id="c2", days=1), who=patient(birthDate=born))
    adult = VisitAccount.objects.get(source_ref="Claim/c2")
    assert adult.account.guarantor.patient == Patient.objects.get()


def test_patient_of_unknown_age_is_not_made_a_guarantor(load):
    who = patient()
    del who["birthDate"]
    assert load(claim(100), who=who).account.standing == Standing.GUARANTOR_NEEDED


def test_claim_of_another_patient_under_the_same_id_is_rejected(load):
    visit = load(claim(100))
    load(claim(70, patient={"reference": "Patient/q"}), who=patient(id="q"))
    visit.refresh_from_db()
    assert VisitAccount.objects.count() == 1
    assert visit.billed_cents == 10000


def test_who_signed_up_before_their_first_bill_may_pay_it(load):
    load()
    grant = GrantFactory(patient=Patient.objects.get())
    visit = load(claim(100))
    assert [scope.account for scope in payer_scopes_of(grant.user)] == [visit.account]


def test_patient_renamed_at_the_clinic_finds_their_bill_by_either_name(load):
    visit = load(claim(120, payer=""))
    number = visit.account.account_number.number
    assert find(number, "Ortiz") is None
    married = [{"use": "official", "family": "Ortiz", "given": ["Ana"]}, {"use": "old", "family": "Moreau"}]
    load(claim(80, payer="", id="c2"), who=patient(name=married))
    for name in ("Ortiz", "Moreau", "Novak"):
        assert find(number, name) is not None
    assert VisitAccount.objects.filter(account=visit.account).count() == 2
