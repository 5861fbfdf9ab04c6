"""The whole life of payments as a machine that Hypothesis drives: payers, staff, banks, notices, faults, in any order.

After every step the ledger is sound; after the last one, once reconciliation has run, it agrees with the
provider to the cent (payments.md §4 asks for both: some faults show only then).
"""

import uuid

from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from billing.guest.lookup import find
from billing.ledger import accounts, paying
from billing.ledger import actions as ledger
from billing.ledger import verification as ledger_verification
from billing.ledger.actions import Decision
from billing.ledger.charges import Adjudication
from billing.ledger.choices import Bucket
from billing.ledger.models import GuarantorAccount, LedgerTransaction, VisitAccount
from billing.payments import actions, events, verification
from billing.payments.gateways.protocol import GatewayError
from billing.payments.models import PaymentAttempt, ProviderEvent, ProviderPayment
from billing.payments.payable import NotPayable, payable_of
from billing.payments.payers import Payer
from billing.payments.reconciliation.run import reconcile
from billing.payments.refunds import actions as refunds
from billing.payments.refunds import sending
from billing.payments.refunds.models import Refund
from billing.payments.refunds.states import RefundReason
from billing.payments.states import UNFINISHED, AttemptState, EventState
from records.approvals import actions as approvals
from records.approvals.models import Approval
from tests.billing.gateways.worlds import BY_LAST4
from tests.billing.payments.steps import CANCEL_URL, apply_notices, in_bucket
from tests.billing.payments.towns import SandboxTown, StripeTown
from tests.factories.billing import AccessFactory, AccountFactory, VisitFactory, guest, payer_of
from tests.factories.records import UserFactory

NUMBERS = st.integers(0, 50)
AMOUNTS = st.sampled_from([50, 20_00, 40_00, 90_00, 130_00])
OPENED_AS = ["warning", "open", "open", "lost", "prevented"]


class PaymentLife(RuleBasedStateMachine):
    """One account, two visits the patient owes and one the insurer decides, three payers and two clerks."""

    Town: type[SandboxTown | StripeTown] = SandboxTown

    def __init__(self) -> None:
        super().__init__()
        self.provider = self.Town()
        self.rollback = transaction.atomic()
        self.rollback.__enter__()

    def teardown(self) -> None:
        try:
            self.end()
        finally:
            transaction.set_rollback(True)
            self.rollback.__exit__(None, None, None)
            self.provider.leave()

    @initialize()
    def town(self) -> None:
        self.account = AccountFactory()
        self.visits = [VisitFactory(account=self.account, owed_cents=cents) for cents in (40_00, 90_00)]
        self.covered = VisitFactory(account=self.account, pending_cents=60_00)
        self.payers = [payer_of(AccessFactory(account=self.account)), guest(), guest()]
        self.clerk, self.head = UserFactory(is_staff=True), UserFactory(is_staff=True, is_superuser=True)
        self.used = 0
        self.pages: list[tuple[Payer, int, dict[uuid.UUID, int]]] = []
        self.names = [self.account.guarantor.family_name]

    # Payers

    @rule(payer=NUMBERS, visit=NUMBERS, cents=AMOUNTS, is_choosy=st.booleans())
    def somebody_starts(self, payer: int, visit: int, cents: int, is_choosy: bool) -> None:
        chosen = {pick(self.visits, visit).pk: cents} if is_choosy else {}
        self.pages.append((pick(self.payers, payer), cents, chosen))
        self.press(*self.pages[-1])

    @precondition(lambda self: self.pages)
    @rule(page=NUMBERS)
    def somebody_presses_in_an_old_tab(self, page: int) -> None:
        """On any review page that was ever open, whatever has happened since it was read."""
        self.press(*pick(self.pages, page))

    def press(self, payer: Payer, cents: int, chosen: dict[uuid.UUID, int]) -> None:
        try:
            attempt = actions.start(
                account_id=self.account.pk,
                payer=payer,
                amount_cents=cents,
                chosen=chosen,
                receipt_email="payer@example.org",
                cancel_url=CANCEL_URL,
                at=timezone.now(),
            )
            actions.open_page(attempt=attempt)
        except GatewayError:
            return  # the payer reads that the service does not answer
        except NotPayable as refused:
            assert refused.payable.reason is not None or cents > refused.now_cents
            return
        # What was pressed is what is paid, unless an earlier page of this payer's turned out to be paid.
        if attempt.state in UNFINISHED:
            allocated = {row.visit_id: row.cents for row in attempt.allocations.all()}
            assert (attempt.amount_cents, allocated) == (cents, chosen)
            owed = VisitAccount.objects.in_bulk(chosen)
            assert all(part <= owed[visit].patient_cents for visit, part in chosen.items())
            assert cents <= sum(self.account.visits.values_list("patient_cents", flat=True))

    @rule(payer=NUMBERS)
    def somebody_pays_from_a_bank(self, payer: int) -> None:
        """All that they can pay, so that a debit is under way while others look."""
        who = pick(self.payers, payer)
        cents = payable_of(self.account, payer=who).now_cents
        if not cents:
            return
        self.press(who, cents, {})
        mine = PaymentAttempt.objects.filter(payer_ref=who.ref, state=AttemptState.OPEN, amount_cents=cents).first()
        if mine is not None and mine.checkout_ref in self.provider.pages(status="open"):
            self.provider.pay(mine.checkout_ref, "6789")

    @precondition(lambda self: self.provider.pages(status="open"))
    @rule(page=NUMBERS, number=st.sampled_from(sorted(BY_LAST4)), is_approved=st.booleans())
    def somebody_pays(self, page: int, number: str, is_approved: bool) -> None:
        """On any page that somebody was told of, also one that is no longer the attempt's own."""
        told = set(PaymentAttempt.objects.exclude(checkout_ref=None).values_list("checkout_ref", flat=True))
        pages = [ref for ref in self.provider.pages(status="open") if ref in told]
        if pages:
            ref = pick(pages, page)
            self.provider.pay(ref, number)
            self.provider.answer(ref, is_approved=is_approved)

    @precondition(lambda self: self.provider.pages(status="open"))
    @rule(page=NUMBERS)
    def a_page_runs_out(self, page: int) -> None:
        self.provider.close(pick(self.provider.pages(), page))

    # Banks

    @precondition(lambda self: self.provider.payments("processing"))
    @rule()
    def banks_decide_debits(self) -> None:
        self.provider.decide_banks()

    @precondition(lambda self: self.provider.payments("succeeded"))
    @rule(payment=NUMBERS, status=st.sampled_from(OPENED_AS), is_part=st.booleans())
    def a_bank_asks_back(self, payment: int, status: str, is_part: bool) -> None:
        """Once a payment, as card networks have it; a refund before it lowers what can be asked."""
        ref = pick(self.provider.payments("succeeded"), payment)
        left = self.provider.left_cents(ref)
        if left and not self.provider.is_disputed(ref):
            self.provider.ask_back(ref, max(left // 2, 1) if is_part else left, status)

    @precondition(lambda self: self.provider.open_disputes())
    @rule(dispute=NUMBERS, status=st.sampled_from(["open", "won", "lost", "prevented"]))
    def a_chargeback_moves_on(self, dispute: int, status: str) -> None:
        self.provider.decide_dispute(pick(self.provider.open_disputes(), dispute), status)

    @precondition(lambda self: self.provider.disputes())
    @rule(dispute=NUMBERS)
    def a_bank_comes_to_ask_for_less(self, dispute: int) -> None:
        """Of any that it ever opened, however it ended."""
        self.provider.ask_for_less(pick(self.provider.disputes(), dispute))

    @precondition(lambda self: self.provider.refunds())
    @rule(refund=NUMBERS, is_good=st.booleans())
    def a_bank_decides_a_refund(self, refund: int, is_good: bool) -> None:
        self.provider.decide_refund(pick(self.provider.refunds(), refund), "succeeded" if is_good else "failed")

    # Staff

    @rule(name=st.sampled_from(["Alvarez", "García-López", "O’Brien", "Ng"]))
    def the_guarantor_gets_another_name(self, name: str) -> None:
        accounts.rename_guarantor(guarantor=self.account.guarantor, family_name=name, given_name="Maya")
        self.names.append(name)

    @precondition(lambda self: ProviderPayment.objects.filter(status="succeeded").exists())
    @rule(payment=NUMBERS, cents=AMOUNTS)
    def a_clerk_refunds(self, payment: int, cents: int) -> None:
        row = pick(list(ProviderPayment.objects.filter(status="succeeded").order_by("pk")), payment)
        try:
            refunds.request(
                payment_id=row.pk,
                amount_cents=cents,
                reason=RefundReason.GOODWILL,
                note="",
                by=self.clerk,
                at=timezone.now(),
            )
        except refunds.NotRefundable as refused:
            assert cents > refused.left_cents

    @precondition(lambda self: Approval.objects.waiting().exists())
    @rule(is_approved=st.booleans())
    def a_second_person_decides(self, is_approved: bool) -> None:
        waiting = Approval.objects.waiting().first()
        approvals.decide(approval_id=waiting.pk, is_approved=is_approved, note="", by=self.head, at=timezone.now())

    @precondition(lambda self: Refund.objects.filter(state="requested").exists())
    @rule()
    def a_worker_sends_a_refund(self) -> None:
        refund = Refund.objects.filter(state="requested").order_by("requested_at").first()
        try:
            sending.send(refund_id=refund.pk, at=timezone.now())
        except GatewayError:
            return  # reconciliation looks again

    @precondition(lambda self: self.provider.payments("succeeded"))
    @rule(payment=NUMBERS, cents=AMOUNTS)
    def somebody_refunds_at_the_providers_desk(self, payment: int, cents: int) -> None:
        ref = pick(self.provider.payments("succeeded"), payment)
        if self.provider.left_cents(ref) >= cents:
            self.provider.refund_at_desk(ref, cents)

    @precondition(lambda self: GuarantorAccount.objects.filter(credit_cents__gt=0).exists())
    @rule(cents=AMOUNTS)
    def credit_is_used(self, cents: int) -> None:
        self.used += 1
        try:
            paying.use_credit(
                account_id=self.account.pk,
                cents=cents,
                source="test",
                source_ref=str(self.used),
                effective_date=timezone.localdate(),
                at=timezone.now(),
            )
        except paying.NoCredit:
            return

    @rule(copay=st.sampled_from([0, 10_00, 35_00, 60_00]))
    def the_insurer_decides(self, copay: int) -> None:
        """Again and again: each new decision first takes the last one back."""
        charge = self.covered.charges.get()
        ref = str(uuid.uuid4())
        for standing in Adjudication.objects.in_force().filter(charge=charge).select_related("transaction"):
            ledger.take_back(adjudication=standing, effective_date=timezone.localdate(), at=timezone.now())
        ledger.adjudicate(
            charge=charge,
            decision=Decision(insurance_cents=60_00 - copay, copay_cents=copay),
            payer_name="Acme Health Plan",
            source="test",
            source_ref=ref,
            decided_date=timezone.localdate(),
            at=timezone.now(),
        )
        paying.credit_overpaid(
            visit=self.covered, source="test", source_ref=ref, effective_date=timezone.localdate(), at=timezone.now()
        )

    @precondition(lambda self: LedgerTransaction.objects.filter(kind="payment", account=self.account).exists())
    @rule(payment=NUMBERS, visit=NUMBERS, cents=AMOUNTS)
    def staff_put_back_what_was_over(self, payment: int, visit: int, cents: int) -> None:
        """On a visit that owes again, or one that it was never meant for."""
        self.used += 1
        posted = LedgerTransaction.objects.filter(kind="payment", account=self.account).order_by("posted_at", "pk")
        try:
            paying.put_back(
                payment=pick(list(posted), payment),
                visit_id=pick([*self.visits, self.covered], visit).pk,
                cents=cents,
                source_ref=str(self.used),
                effective_date=timezone.localdate(),
                at=timezone.now(),
            )
        except paying.NotOver:
            return

    # Notices, workers, faults

    @precondition(lambda self: self.provider.told())
    @rule(event=NUMBERS, times=st.integers(1, 2))
    def a_notice_arrives(self, event: int, times: int) -> None:
        """Any of them, in any order, late, or again."""
        for _ in range(times):
            self.provider.send(event % self.provider.told())

    @precondition(lambda self: ProviderEvent.objects.filter(state=EventState.RECEIVED).exists())
    @rule(event=NUMBERS)
    def a_worker_applies_a_notice(self, event: int) -> None:
        waiting = ProviderEvent.objects.filter(state=EventState.RECEIVED).order_by("pk")
        row = pick(list(waiting), event)
        ProviderEvent.objects.filter(pk=row.pk).update(next_try_at=timezone.now())
        events.apply(event_id=row.pk, at=timezone.now())

    @rule(kind=NUMBERS, operation=NUMBERS)
    def something_goes_wrong(self, kind: int, operation: int) -> None:
        self.provider.go_wrong(pick(self.provider.KINDS, kind), pick(self.provider.OPERATIONS, operation))

    @rule()
    def reconciliation_runs(self) -> None:
        reconcile(timezone.now())

    # What holds

    @invariant()
    def ledger_is_sound(self) -> None:
        assert ledger_verification.faults() == []

    @invariant()
    def no_visit_is_overpaid_and_nobodys_money_is_below_nothing(self) -> None:
        assert not VisitAccount.objects.filter(patient_cents__lt=0).exists()
        assert in_bucket(Bucket.REFUNDABLE) <= 0 <= in_bucket(Bucket.DISPUTE_HOLD)

    @invariant()
    def nothing_is_posted_that_the_provider_did_not_take(self) -> None:
        posted = LedgerTransaction.objects.filter(kind="payment").values_list("source_ref", flat=True)
        assert set(posted) <= set(self.provider.payments("succeeded"))

    @invariant()
    def nobodys_debit_keeps_another_from_paying(self) -> None:
        """Whoever has no debit of their own under way can pay what somebody can who has just found the bill."""
        under_way = PaymentAttempt.objects.filter(state=AttemptState.PROCESSING)
        busy = set(under_way.values_list("payer_ref", flat=True))
        for payer in self.payers:
            mine, anybodys = payable_of(self.account, payer=payer), payable_of(self.account, payer=guest())
            if payer.ref not in busy:
                assert mine.now_cents == anybodys.now_cents
            assert anybodys.processing_cents == 0

    @invariant()
    def guarantor_is_found_by_every_name_they_had(self) -> None:
        for name in self.names:
            assert find(self.account.account_number.number, name) is not None

    def end(self) -> None:
        """Faults stop, banks decide, reconciliation runs: now both sides agree."""
        self.provider.calm_down()
        self.provider.decide_banks()
        ProviderEvent.objects.filter(state=EventState.RECEIVED).update(next_try_at=timezone.now())
        apply_notices()
        run = reconcile(timezone.now())
        assert run is not None and run.failed == 0, run.problems
        assert ledger_verification.faults() == []
        assert list(verification.faults()) == []
        assert in_bucket(Bucket.PROCESSOR) == self.provider.net_cents()
        assert in_bucket(Bucket.DISPUTE_HOLD) == self.provider.held_cents()
        assert not PaymentAttempt.objects.filter(state=AttemptState.PROCESSING).exists()
        assert not Refund.objects.filter(state="requested").exists()
        self.no_visit_is_overpaid_and_nobodys_money_is_below_nothing()


def pick[T](rows: list[T], number: int) -> T:
    return rows[number % len(rows)]
