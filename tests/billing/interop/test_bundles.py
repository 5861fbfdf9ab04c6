"""Every sample bundle's claims and decisions, twice, against sums computed from the file itself."""

import datetime as dt
import json
import os
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db.models import Sum

from billing.ledger import verification
from billing.ledger.choices import Standing
from billing.models import Adjudication, Charge, GuarantorAccount, LedgerTransaction, VisitAccount, WorkItem
from billing.payments.payable import payable_of

FOLDER = Path(settings.BASE_DIR).parent / "shared" / "data" / "fhir"
BUNDLES = sorted(FOLDER.glob("*.json"))
NAMES = [path.stem.split("__")[1] for path in BUNDLES]
WITH_CLAIMS = {"Frankie174_Jast432", "Jana_Funk", "Claudie_Walsh", "Elsa_Vargas", "Jorge_Brekke", "Tarsha_Stokes"}
NOBODY_PAYS = {"Jana_Funk", "Claudie_Walsh", "Jorge_Brekke", "Tarsha_Stokes"}

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite,
    pytest.mark.skipif(
        not BUNDLES and os.environ.get("CI") != "true", reason="needs the sample files of ../shared/data/fhir"
    ),
]


def cents(amount: dict[str, Any]) -> int:
    return int((Decimal(str(amount["value"])) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def expected(path: Path) -> dict[str, int]:
    """Billed, owed and decided, by reading the JSON without our mappers: one visit for each answered claim."""
    resources = [entry["resource"] for entry in json.loads(path.read_text())["entry"]]
    sums: dict[str, int] = defaultdict(int)
    for explanation in (r for r in resources if r["resourceType"] == "ExplanationOfBenefit"):
        sums["visits"] += 1
        payers = " ".join(i["coverage"].get("display", "") for i in explanation["insurance"])
        lines = 0
        for item in explanation["item"]:
            parts = {
                a["category"]["coding"][0]["code"].split("/")[-1]: cents(a["amount"])
                for a in item.get("adjudication", [])
                if "amount" in a
            }
            line = cents(item["net"]) if "net" in item else parts.get("submitted", parts.get("line_sbmtd_chrg_amt", 0))
            share = sum(parts.get(name, 0) for name in ("line_coinsrnc_amt", "line_bene_ptb_ddctbl_amt")) or parts.get(
                "copay", 0
            )
            lines += line
            if "NO_INSURANCE" in payers:
                sums["self_pay"] += line
            elif "medicaid" not in payers and "dual" not in payers:
                sums["owed"] += share
                sums["decided"] += line if parts else 0
        total = next((cents(t["amount"]) for t in explanation["total"]), lines)
        sums["billed"] += max(lines, total)
    return sums


def run(path: Path, **options: Any) -> None:
    call_command("import_fhir", str(path), verbosity=0, **options)


@pytest.fixture(params=BUNDLES, ids=NAMES)
def bundle(request: pytest.FixtureRequest) -> Path:
    return request.param


def name_of(path: Path) -> str:
    return path.stem.split("__")[1]


def test_sums_are_those_of_the_file_and_a_second_run_changes_nothing(bundle):
    run(bundle, bills_since=dt.date(1900, 1, 1))
    wanted = expected(bundle)
    visits = VisitAccount.objects.all()
    totals = visits.aggregate(Sum("billed_cents"), Sum("patient_cents"), Sum("insurance_cents"), Sum("discount_cents"))
    assert visits.count() == wanted["visits"]
    assert (totals["billed_cents__sum"] or 0) == wanted["billed"]
    if not {"medicaid", "dual"} & set(" ".join(visits.values_list("payer_name", flat=True)).lower().split()):
        assert (totals["patient_cents__sum"] or 0) == wanted["owed"] + wanted["self_pay"]
        insurer = (totals["insurance_cents__sum"] or 0) + (totals["discount_cents__sum"] or 0)
        assert insurer == wanted["decided"] - wanted["owed"]
    assert verification.faults() == []

    before = [model.objects.count() for model in (VisitAccount, Charge, Adjudication, LedgerTransaction, WorkItem)]
    run(bundle, bills_since=dt.date(1900, 1, 1))
    after = [model.objects.count() for model in (VisitAccount, Charge, Adjudication, LedgerTransaction, WorkItem)]
    assert after == before
    assert verification.faults() == []


def test_bundles_with_claims_make_bills(bundle):
    run(bundle, bills_since=dt.date(1900, 1, 1))
    assert VisitAccount.objects.exists() == (name_of(bundle) in WITH_CLAIMS)
    assert not VisitAccount.objects.filter(charges__code_system="http://www.ama-assn.org/go/cpt").exists()


def test_minor_and_dead_without_a_guarantor_cannot_be_billed(bundle):
    run(bundle, bills_since=dt.date(1900, 1, 1))
    for account in GuarantorAccount.objects.all():
        days = account.visits.values_list("service_date", flat=True)
        person = account.visits.first().patient
        was_minor = max(days).year - person.birth_date.year < 19
        is_nobodys = account.standing == Standing.GUARANTOR_NEEDED
        assert is_nobodys == (name_of(bundle) in NOBODY_PAYS or was_minor)
        assert WorkItem.objects.filter(kind="guarantor_needed", account=account).exists() == is_nobodys
        if is_nobodys:
            assert payable_of(account).now_cents == 0


def test_only_recent_visits_become_bills_unless_asked_for(bundle):
    run(bundle)
    assert VisitAccount.objects.exists() == (name_of(bundle) == "Jana_Funk")


def test_medicaid_patients_never_owe_more_than_the_copay(bundle, settings):
    run(bundle, bills_since=dt.date(1900, 1, 1))
    covered = [v for v in VisitAccount.objects.all() if "medicaid" in v.payer_name.lower()]
    assert all(visit.patient_cents <= settings.MEDICAID_COPAY_CENTS for visit in covered)
