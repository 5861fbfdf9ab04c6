"""Where money is real, PostgreSQL itself takes in nothing of a test mode."""

import uuid

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from billing.ledger import paying, posting, returns, verification
from billing.ledger.actions import Decision
from billing.ledger.choices import Bucket, TransactionKind
from billing.ledger.models import LedgerTransaction
from billing.ledger.posting import Entry
from billing.payments import deployment, triggers
from billing.payments.deployment import DeploymentMode, InventedMoney
from billing.payments.models import PaymentAttempt, ProviderEvent, ProviderPayment
from billing.sandbox import refs
from billing.sandbox.gateway import SandboxGateway
from tests.billing.payments.steps import hear, open_page, start
from tests.factories.billing import AccountFactory, AttemptFactory, VisitFactory, decide
from tests.factories.sandbox import pay

pytestmark = pytest.mark.django_db

postgres = pytest.mark.postgres
TERMS = {"source": "stripe", "livemode": True}


@pytest.fixture
def live(db):
    """A database in which money is real."""
    with connection.schema_editor() as editor:
        triggers.install(None, editor)
    deployment.go_live()


def refused():
    return pytest.raises(DatabaseError, match="money is real here")


def provider_payment(**changes) -> ProviderPayment:
    fields = {"provider": "stripe", "ref": str(uuid.uuid4()), "livemode": True, "amount_cents": 60_00}
    return ProviderPayment.objects.create(**fields | {"currency": "usd", "status": "succeeded"} | changes)


def event(**changes) -> ProviderEvent:
    now = timezone.now()
    fields = {"provider": "stripe", "event_id": "evt_1", "type": "x", "livemode": True, "received_at": now}
    return ProviderEvent.objects.create(**fields | {"next_try_at": now} | changes)


def money_in(visit, *, ref="p1", source="stripe", livemode=True, **terms) -> LedgerTransaction:
    now = timezone.now()
    return paying.pay(
        account_id=visit.account_id, cents=60_00, chosen={}, is_guarantor=True, source=source, payment_ref=ref, at=now,
        effective_date=timezone.localdate(now), livemode=livemode, **terms,
    )  # fmt: skip


def money_back(**terms):
    now = timezone.now()
    return {"source": "stripe", "cents": 5_00, "at": now, "effective_date": timezone.localdate(now)} | terms


@pytest.fixture
def visit():
    return VisitFactory(owed_cents=100_00)


@postgres
def test_real_money_comes_and_goes(live, visit):
    provider_payment(ref="p1")
    event()
    money_in(visit, attempt_id=AttemptFactory(account=visit.account, checkout_ref="cs_live_1").pk)
    sent = returns.refund(**money_back(payment_ref="p1", refund_ref="re_1"))
    returns.undo(posted=sent, source_ref="re_1", effective_date=sent.effective_date, at=timezone.now())
    returns.withhold(**money_back(payment_ref="p1", dispute_ref="du_1"))
    returns.lose(**money_back(payment_ref="p1", dispute_ref="du_1"))
    assert verification.faults() == []


@postgres
def test_what_the_portal_itself_writes_down_has_no_mode(live):
    """Charges, decisions, deposits at the desk, and credit with what is done about it."""
    provider_payment()
    account, now = AccountFactory(), timezone.now()
    covered = VisitFactory(account=account, pending_cents=100_00)
    today = timezone.localdate(now)
    paying.deposit(
        visit_id=covered.pk, cents=40_00, is_guarantor=True, source="desk", payment_ref="desk:1", at=now,
        effective_date=today,
    )  # fmt: skip
    decide(covered.charges.get(), Decision(80_00, 5_00, copay_cents=15_00))
    VisitFactory(account=account, owed_cents=20_00)
    paying.use_credit(account_id=account.pk, cents=20_00, source="credit", source_ref="1", effective_date=today, at=now)
    returns.refund(**money_back(source="desk", payment_ref="desk:1", refund_ref="r"))
    assert verification.faults() == []
    assert not LedgerTransaction.objects.filter(livemode=True).exists()


@postgres
def test_what_was_paid_twice_becomes_credit_under_the_providers_name(live, visit):
    """Taken off the visit when a refund fails: no money moves, so it has no mode."""
    provider_payment(ref="p1")
    money_in(visit)
    sent = returns.refund(**money_back(payment_ref="p1", refund_ref="re_1"))
    money_in(visit, ref="p2")
    returns.undo(posted=sent, source_ref="re_1", effective_date=sent.effective_date, at=timezone.now())
    assert LedgerTransaction.objects.get(kind="credit").source == "stripe"


@postgres
@pytest.mark.parametrize("changes", [{"provider": "sandbox"}, {"livemode": False}])
@pytest.mark.parametrize("make", [provider_payment, event])
def test_payments_and_notices_of_test_modes_are_refused(live, make, changes):
    with refused(), transaction.atomic():
        make(**changes)
    row = make()
    with refused(), transaction.atomic():
        type(row).objects.update(**changes)


@postgres
def test_pages_of_the_sandbox_are_refused(live, visit):
    with refused(), transaction.atomic():
        AttemptFactory(account=visit.account, checkout_ref=refs.checkout())
    AttemptFactory(account=visit.account)
    with refused(), transaction.atomic():
        PaymentAttempt.objects.update(checkout_ref=refs.checkout())


@postgres
@pytest.mark.parametrize(
    "terms",
    [{"source": "sandbox"}, {"source": "sandbox", "livemode": False}, {"livemode": False}],
    ids=["of the sandbox", "of the sandbox, and says so", "of a provider's test mode"],
)
def test_test_money_in_the_ledger_is_refused(live, visit, terms):
    provider_payment()
    with refused(), transaction.atomic():
        money_in(visit, **terms)


@postgres
def test_test_money_of_an_attempt_is_refused_whatever_its_source(live, visit):
    attempt = AttemptFactory(account=visit.account)
    with refused(), transaction.atomic():
        money_in(visit, source="another", livemode=False, attempt_id=attempt.pk)


@postgres
@pytest.mark.parametrize("kind", ["payment", "placement", "refund", "chargeback", "chargeback_lost"])
def test_each_kind_of_a_providers_money_has_to_be_real(live, kind):
    provider_payment()
    with refused(), transaction.atomic():
        posting.post(
            kind=TransactionKind(kind), source="stripe", source_ref="x", account_id=None,
            entries=[Entry(Bucket.PROCESSOR, 5), Entry(Bucket.SUSPENSE, -5)],
            effective_date=timezone.localdate(), at=timezone.now(),
        )  # fmt: skip


@postgres
def test_database_that_is_live_stays_so(live):
    for change in (lambda: DeploymentMode.objects.update(mode="test"), lambda: DeploymentMode.objects.all().delete()):
        with pytest.raises(DatabaseError, match="stays so"), transaction.atomic():
            change()
    assert deployment.is_live()


@postgres
def test_test_mode_takes_everything(visit):
    with connection.schema_editor() as editor:
        triggers.install(None, editor)
    DeploymentMode.objects.create(mode="test", since=timezone.now())
    pay(open_page(start(visit)).checkout_ref)
    hear()
    deployment_before = DeploymentMode.objects.get().mode
    assert (deployment_before, ProviderPayment.objects.get().provider) == ("test", "sandbox")


@postgres
def test_tables_of_the_same_name_do_not_hide_the_mode_from_its_triggers(live):
    with refused(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE billing_deploymentmode (LIKE public.billing_deploymentmode)")
        provider_payment(livemode=False)


@postgres
def test_triggers_are_taken_away_and_put_back_however_often():
    def installed() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'deployment_%'")
            return int(cursor.fetchone()[0])

    with connection.schema_editor() as editor:
        for step, count in [(triggers.remove, 0), (triggers.remove, 0), (triggers.install, 5), (triggers.install, 5)]:
            step(None, editor)
            assert installed() == count


@pytest.mark.sqlite
class TestGoingLive:
    def test_migrating_in_production_makes_the_database_live(self, settings):
        settings.PRODUCTION = True
        for _ in range(2):
            call_command("migrate", verbosity=0)
        assert DeploymentMode.objects.get().mode == "live"

    def test_migrating_anywhere_else_does_not(self):
        call_command("migrate", verbosity=0)
        assert not DeploymentMode.objects.exists()

    def test_nothing_is_made_live_before_its_table_is_there(self, settings):
        settings.PRODUCTION = True
        deployment.follow_environment(apps=type("Apps", (), {"all_models": {"billing": {}}}))
        assert not deployment.is_live()

    def test_test_mode_can_become_live(self):
        DeploymentMode.objects.create(mode="test", since=timezone.now())
        deployment.go_live()
        assert deployment.is_live()

    def test_database_with_money_that_was_never_real_stays_what_it_is(self, visit):
        pay(open_page(start(visit)).checkout_ref)
        for step in (lambda: None, hear):
            step()
            with pytest.raises(InventedMoney):
                deployment.go_live()
        assert not deployment.is_live()

    def test_one_row_and_known_modes_only(self):
        for changes in ({"id": 2, "mode": "live"}, {"mode": "lively"}):
            with pytest.raises(DatabaseError), transaction.atomic():
                DeploymentMode.objects.create(since=timezone.now(), **changes)

    def test_sandbox_is_known_by_its_name_and_references(self):
        assert SandboxGateway.code == deployment.SANDBOX
        made = (refs.checkout(), refs.payment(), refs.refund(), refs.dispute(), refs.event())
        assert all(ref.startswith(deployment.SANDBOX_REFS) for ref in made)
