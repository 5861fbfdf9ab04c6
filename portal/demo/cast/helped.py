"""Who helps Maya pay: a link that an aunt has answered in part, and an invitation that waits in the demo's mailbox."""

import datetime as dt

from billing.ledger.choices import AccessRole
from billing.ledger.models import VisitAccount
from billing.payers import links, people
from billing.payers.actors import Actor
from billing.payers.models import LinkUse
from billing.payments import settling
from billing.payments.actions import PAGE_LIFETIME, PRODUCT_NAME
from billing.payments.confirmation import new_confirmation
from billing.payments.gateways.protocol import CheckoutOrder
from billing.payments.gateways.registry import gateway
from billing.payments.models import PayerKind, PaymentAttempt
from billing.sandbox import actions as sandbox
from billing.sandbox.gateway import SandboxGateway
from billing.sandbox.methods import Method
from portal.demo.cast.bills import Bills
from records.access.log import Origin
from records.access.models import User


def load(bills: Bills, visit: VisitAccount, maya: User) -> None:
    """$75.00 of the $150.00 that a link asks for came in, 13 days ago."""
    actor = Actor(maya, Origin())
    link = links.make(
        account=visit.account,
        visit=visit,
        use=LinkUse.SPLIT,
        amount_cents=150_00,
        shown_name="Maya",
        days=30,
        actor=actor,
        at=bills.when(14),
    )
    if isinstance(gateway(), SandboxGateway):
        grant = links.let_in(link=link, held=(), at=bills.when(13))
        _pay(PaymentAttempt(account=visit.account, payer_ref=grant.pk, payer_name="Aunt Ines"), visit, bills.when(13))
    else:
        bills.paid(visit, 75_00, 13, "FD-20417")  # Another provider would know of no such payment.
    people.invite(
        account=visit.account,
        email="lucia@example.org",
        role=AccessRole.PAYER_LINES,
        actor=actor,
        at=bills.when(1),
    )


def _pay(attempt: PaymentAttempt, visit: VisitAccount, at: dt.datetime) -> None:
    """Through the sandbox, on a page of that day."""
    attempt.payer_kind = PayerKind.LINK
    attempt.amount_cents = 75_00
    attempt.confirmation = new_confirmation()
    attempt.created_at, attempt.expires_at = at, at + PAGE_LIFETIME
    order = CheckoutOrder(
        attempt_id=attempt.pk,
        amount_cents=attempt.amount_cents,
        product_name=PRODUCT_NAME,
        success_url="",
        cancel_url="",
        expires_at=attempt.expires_at,
    )
    checkout = sandbox.open_checkout(order=order, key=attempt.key, at=at)
    attempt.checkout_ref = checkout.ref
    attempt.state = PaymentAttempt.State.OPEN
    attempt.save(force_insert=True)
    attempt.allocations.create(visit=visit, cents=attempt.amount_cents)
    sandbox.pay(ref=checkout.ref, method=Method.CARD, at=at)
    settling.settle(attempt_id=attempt.pk, at=at)
