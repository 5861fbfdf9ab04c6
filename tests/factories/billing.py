"""Guarantors, their accounts and visits, and payments. Balances come from real ledger actions."""

import datetime as dt
import uuid
from typing import Any

import factory
from django.utils import timezone

from billing.guest.models import LIFETIME, GuestGrant
from billing.ledger import accounts
from billing.ledger import actions as ledger
from billing.ledger.actions import Decision
from billing.models import (
    Charge,
    Guarantor,
    GuarantorAccess,
    GuarantorAccount,
    PayerInvitation,
    PayLink,
    PaymentAttempt,
    ProviderEvent,
    Statement,
    VisitAccount,
    WorkItem,
)
from billing.payments.actions import PAGE_LIFETIME
from billing.payments.confirmation import new_confirmation
from billing.payments.models import PayerKind
from billing.payments.payers import Payer
from billing.statements import actions as statements
from records.models import Coverage
from tests.factories.records import PatientFactory, UserFactory


class GuarantorFactory(factory.django.DjangoModelFactory[Guarantor]):
    """Somebody responsible for paying, who is found under the last name; `names` adds former ones."""

    given_name = factory.Faker("first_name")
    family_name = factory.Faker("last_name")

    class Meta:
        model = Guarantor
        skip_postgeneration_save = True

    @factory.post_generation
    def names(guarantor: Guarantor, create: bool, former: Any) -> None:
        if create:
            accounts.add_names(guarantor=guarantor, last_names=[guarantor.family_name, *(former or [])])


class AccountFactory(factory.django.DjangoModelFactory[GuarantorAccount]):
    """A personal account with a number: `number="10204417"`, or a fresh one."""

    guarantor = factory.SubFactory(GuarantorFactory)

    class Meta:
        model = GuarantorAccount
        skip_postgeneration_save = True

    @factory.post_generation
    def number(account: GuarantorAccount, create: bool, imported: Any) -> None:
        if create:
            accounts.number_account(account=account, number=imported or "", is_imported=bool(imported))


class VisitFactory(factory.django.DjangoModelFactory[VisitAccount]):
    """A visit with a number; `owed_cents` and `pending_cents` are charged and decided through the ledger."""

    account = factory.SubFactory(AccountFactory)
    patient = factory.SubFactory(PatientFactory)
    title = "Office visit"
    place = "Larkspur Family Medicine"
    service_date = dt.date(2026, 3, 4)

    class Meta:
        model = VisitAccount
        skip_postgeneration_save = True

    @factory.post_generation
    def number(visit: VisitAccount, create: bool, imported: Any) -> None:
        if create:
            accounts.number_account(visit=visit, number=imported or "", is_imported=bool(imported))

    @factory.post_generation
    def owed_cents(visit: VisitAccount, create: bool, cents: Any) -> None:
        if create and cents:
            bill(visit, owed_cents=cents)

    @factory.post_generation
    def pending_cents(visit: VisitAccount, create: bool, cents: Any) -> None:
        if create and cents:
            bill(visit, pending_cents=cents)


def bill(visit: VisitAccount, *, owed_cents: int = 0, pending_cents: int = 0) -> VisitAccount:
    """Charges the visit: `owed_cents` to the patient, `pending_cents` to the insurer, who has not decided."""
    if owed_cents and visit.coverage_id is None:
        _charge(visit, owed_cents)
    elif owed_cents:
        decide(_charge(visit, owed_cents), Decision(coinsurance_cents=owed_cents))
    if pending_cents:
        if visit.coverage_id is None:
            visit.coverage = CoverageFactory(patient=visit.patient)
            visit.save(update_fields=["coverage"])
        _charge(visit, pending_cents)
    visit.refresh_from_db()
    return visit


def decide(charge: Charge, decision: Decision, *, at: dt.datetime | None = None) -> None:
    """What the insurer decided about one charge."""
    now = at or timezone.now()
    ledger.adjudicate(
        charge=charge,
        decision=decision,
        payer_name="Acme Health Plan",
        source="test",
        source_ref=str(uuid.uuid4()),
        decided_date=now.date(),
        at=now,
    )
    charge.visit.refresh_from_db()


def _charge(visit: VisitAccount, cents: int) -> Charge:
    charge: Charge = ChargeFactory(visit=visit, cents=cents, line=visit.charges.count() + 1)
    ledger.charge(charge=charge, at=timezone.now())
    return charge


class CoverageFactory(factory.django.DjangoModelFactory[Coverage]):
    patient = factory.SubFactory(PatientFactory)
    payor_name = "Acme Health Plan"
    status = "active"
    released_at = factory.LazyFunction(timezone.now)

    class Meta:
        model = Coverage


class ChargeFactory(factory.django.DjangoModelFactory[Charge]):
    """A line of a visit that is not posted yet; `bill` makes posted ones."""

    visit = factory.SubFactory(VisitFactory)
    line = factory.Sequence(lambda n: n + 1)
    description = "Office visit, established patient"
    service_date = factory.SelfAttribute("visit.service_date")
    cents = 150_00

    class Meta:
        model = Charge


class AccessFactory(factory.django.DjangoModelFactory[GuarantorAccess]):
    """That somebody who signs in may pay: the guarantor, unless `role` says otherwise."""

    user = factory.SubFactory(UserFactory)
    account = factory.SubFactory(AccountFactory)

    class Meta:
        model = GuarantorAccess


class InvitationFactory(factory.django.DjangoModelFactory[PayerInvitation]):
    """An invitation to see amounts only, sent now."""

    account = factory.SubFactory(AccountFactory)
    email = factory.Sequence(lambda n: f"invited{n}@example.org")
    role = GuarantorAccess.Role.PAYER_AMOUNTS
    invited_by = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda invitation: invitation.created_at + dt.timedelta(days=7))

    class Meta:
        model = PayerInvitation


class PayLinkFactory(factory.django.DjangoModelFactory[PayLink]):
    """A link over $100.00 that several may share for a week."""

    account = factory.SubFactory(AccountFactory)
    use = PayLink.Use.SPLIT
    amount_cents = 100_00
    shown_name = "Maya"
    created_by = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda link: link.created_at + dt.timedelta(days=7))

    class Meta:
        model = PayLink


class GuestGrantFactory(factory.django.DjangoModelFactory[GuestGrant]):
    """What a guest's look-up gives: the whole account, unless `visit` narrows it."""

    account = factory.SubFactory(AccountFactory)
    created_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda grant: grant.created_at + LIFETIME)

    class Meta:
        model = GuestGrant


class AttemptFactory(factory.django.DjangoModelFactory[PaymentAttempt]):
    """A guest's attempt that has no page yet, unless told otherwise."""

    account = factory.SubFactory(AccountFactory)
    payer_kind = PayerKind.GUEST
    payer_ref = factory.LazyFunction(uuid.uuid4)
    amount_cents = 125_00
    confirmation = factory.LazyFunction(new_confirmation)
    created_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda attempt: attempt.created_at + PAGE_LIFETIME)

    class Meta:
        model = PaymentAttempt


class ProviderEventFactory(factory.django.DjangoModelFactory[ProviderEvent]):
    provider = "sandbox"
    event_id = factory.Sequence(lambda n: f"sbx_evt_{n}")
    type = "checkout.completed"
    livemode = False
    received_at = factory.LazyFunction(timezone.now)
    next_try_at = factory.SelfAttribute("received_at")

    class Meta:
        model = ProviderEvent


class WorkItemFactory(factory.django.DjangoModelFactory[WorkItem]):
    kind = WorkItem.Kind.OVERPAYMENT
    cause = factory.Sequence(lambda n: f"sandbox:sbx_pi_{n}")
    created_at = factory.LazyFunction(timezone.now)

    class Meta:
        model = WorkItem


def issue_statement(account: GuarantorAccount, *, at: dt.datetime | None = None) -> Statement:
    """The account's next statement; it must owe something."""
    statement = statements.issue(account_id=account.pk, at=at or timezone.now())
    assert statement is not None
    return statement


def guest() -> Payer:
    """Somebody who pays without signing in."""
    return Payer(kind=PayerKind.GUEST, ref=uuid.uuid4(), is_guarantor=False)


def payer_of(access: GuarantorAccess) -> Payer:
    """The person of an access row, paying signed in."""
    return Payer(
        kind=PayerKind.USER,
        ref=access.user_id,
        is_guarantor=access.role == GuarantorAccess.Role.GUARANTOR,
        user=access.user,
    )
