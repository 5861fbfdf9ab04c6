"""Maya’s bills: her own, her son’s, and what the two doors may say of them."""

import datetime as dt
from types import SimpleNamespace

import pytest

from billing.ledger.actions import Decision
from billing.ledger.choices import AccessRole
from billing.models import Episode
from records.access.models import Grant
from tests.factories.billing import (
    AccessFactory,
    AccountFactory,
    CoverageFactory,
    GuarantorFactory,
    VisitFactory,
    bill,
    decide,
)
from tests.factories.records import GrantFactory, PatientFactory, UserFactory


@pytest.fixture
def family(db):
    """Maya with sign-in, record and account 1020 4417; Leo, whose record she may open; an episode of two bills."""
    user = UserFactory(full_name="Maya Alvarez", email="maya@example.org")
    maya = PatientFactory(given="Maya", family="Alvarez")
    leo = PatientFactory(given="Leo", family="Alvarez")
    GrantFactory(user=user, patient=maya)
    GrantFactory(user=user, patient=leo, kind=Grant.Kind.PARENT)
    guarantor = GuarantorFactory(given_name="Maya", family_name="Alvarez", patient=maya)
    account = AccountFactory(guarantor=guarantor, number="10204417")
    AccessFactory(user=user, account=account)
    episode = Episode.objects.create(title="Leo’s broken wrist")
    on = {"account": account, "patient": leo, "episode": episode, "service_date": dt.date(2026, 9, 14)}
    emergency = VisitFactory(
        **on, title="Emergency department", place="Larkspur Hospital", number="7000213305", owed_cents=144_96
    )
    physician = VisitFactory(**on, title="Orthopedist", bill_type="professional", number="7000213308", owed_cents=50_00)
    return SimpleNamespace(
        user=user, maya=maya, leo=leo, account=account, episode=episode, emergency=emergency, physician=physician
    )


@pytest.fixture
def decided(family):
    """Maya’s biopsy: 690.00 billed, 241.00 discount, 158.00 from the insurer, 291.00 her share, for three reasons."""
    coverage = CoverageFactory(patient=family.maya)
    visit = VisitFactory(account=family.account, patient=family.maya, coverage=coverage, title="Skin biopsy")
    bill(visit, pending_cents=690_00)
    decide(
        visit.charges.get(),
        Decision(
            insurance_cents=158_00,
            discount_cents=241_00,
            deductible_cents=200_00,
            copay_cents=20_00,
            coinsurance_cents=71_00,
        ),
    )
    visit.refresh_from_db()
    return visit


@pytest.fixture
def omar(family):
    """May pay on Maya’s account and see its amounts, nothing else."""
    user = UserFactory(full_name="Omar Reyes", email="omar@example.org")
    AccessFactory(user=user, account=family.account, role=AccessRole.PAYER_AMOUNTS)
    return user


@pytest.fixture
def aunt(family):
    """May pay and see the visits, without a clinical grant for anybody."""
    user = UserFactory(full_name="Ines Alvarez")
    AccessFactory(user=user, account=family.account, role=AccessRole.PAYER_LINES)
    return user
