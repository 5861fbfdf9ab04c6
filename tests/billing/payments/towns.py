"""The providers whose payments live (life.py), with what payers, banks and the network can do there.

Whatever a machine picks from is listed oldest first, so that the same numbers pick the same things.
"""

import contextlib
import datetime as dt

from django.db.models import Sum
from django.utils import timezone

from billing.payments import notices
from billing.sandbox import actions, delivery, disputes
from billing.sandbox import refunds as desk
from billing.sandbox.facts import net_between
from billing.sandbox.models import Checkout, Dispute, Event, Fault, Payment, Refund, SavedError
from billing.sandbox.states import DisputeStatus
from tests.billing.gateways.worlds import SandboxWorld, StripeWorld
from tests.fake_stripe import disputes as fake_disputes
from tests.fake_stripe import events, faults, sessions
from tests.fake_stripe.errors import ApiError
from tests.fake_stripe.portal import taking_payments

LONG = dt.timedelta(days=1)


class SandboxTown(SandboxWorld):
    KINDS = [kind for kind in Fault.Kind.values if kind != "slow"]
    OPERATIONS = ["", "open_checkout", "read_checkout", "read_payment", "request_refund", "close_checkout"]

    def leave(self) -> None:
        """Its rows go with the database."""

    def pages(self, **terms: str) -> list[str]:
        return list(Checkout.objects.filter(**terms).order_by("created_at", "ref").values_list("ref", flat=True))

    def close(self, ref: str) -> None:
        actions.close(ref=ref, at=timezone.now())

    def payments(self, status: str) -> list[str]:
        return list(Payment.objects.filter(status=status).order_by("pk").values_list("ref", flat=True))

    def decide_banks(self) -> None:
        actions.decide_banks(timezone.now())

    def left_cents(self, payment: str) -> int:
        """What can be sent or asked back of it."""
        return desk.left_cents(Payment.objects.get(ref=payment))

    def is_disputed(self, payment: str) -> bool:
        return Dispute.objects.filter(payment__ref=payment).exists()

    def ask_back(self, payment: str, cents: int, status: str) -> None:
        disputes.open_dispute(payment_ref=payment, amount_cents=cents, status=DisputeStatus(status), at=timezone.now())

    def disputes(self) -> list[str]:
        return list(Dispute.objects.order_by("pk").values_list("ref", flat=True))

    def ask_for_less(self, ref: str) -> None:
        dispute = Dispute.objects.get(ref=ref)
        self.decide_dispute(ref, dispute.status, max(dispute.amount_cents // 2, 1))

    def open_disputes(self) -> list[str]:
        rows = Dispute.objects.filter(status__in=["open", "warning"])
        return list(rows.order_by("pk").values_list("ref", flat=True))

    def refunds(self) -> list[str]:
        """Those a bank can still decide."""
        rows = Refund.objects.filter(status__in=["pending", "succeeded"])
        return list(rows.order_by("pk").values_list("ref", flat=True))

    def told(self) -> int:
        return Event.objects.count()

    def send(self, number: int) -> None:
        row = Event.objects.order_by("pk")[number]
        Event.objects.filter(pk=row.pk).update(due_at=timezone.now(), delivered_at=None)
        delivery.deliver(event_id=row.pk, at=timezone.now())

    def go_wrong(self, kind: str, operation: str) -> None:
        Fault.objects.create(kind=kind, operation="" if kind.startswith("notice") else operation)

    def calm_down(self) -> None:
        """Nothing goes wrong any more, and a day has passed: saved failures are forgotten."""
        Fault.objects.all().delete()
        SavedError.objects.all().delete()

    def net_cents(self) -> int:
        return net_between(timezone.now() - LONG, timezone.now() + LONG)

    def held_cents(self) -> int:
        held = Dispute.objects.filter(status="open", withdrawn_at__isnull=False)
        return int(held.aggregate(sum=Sum("amount_cents"))["sum"] or 0)


class StripeTown(StripeWorld):
    """The real gateway and SDK; errors are met once, broken connections by all three tries of a request."""

    KINDS = ["cut_before", "cut_after", "error_before", "error_after", "too_many"]
    OPERATIONS = [
        "",
        "POST /v1/checkout/sessions",
        "GET /v1/checkout/sessions/{ref}",
        "GET /v1/payment_intents/{ref}",
        "POST /v1/refunds",
        "POST /v1/checkout/sessions/{ref}/expire",
    ]
    OPEN = frozenset({"needs_response", "warning_needs_response"})

    def __init__(self) -> None:
        self._stay = contextlib.ExitStack()
        self.fake = self._stay.enter_context(taking_payments())

    def leave(self) -> None:
        self._stay.close()

    def pages(self, **terms: str) -> list[str]:
        return [row["id"] for row in self.fake.store.all("checkout.session", **terms)]

    def close(self, ref: str) -> None:
        with contextlib.suppress(ApiError):
            sessions.expire(self.fake, {}, ref)

    def payments(self, status: str) -> list[str]:
        return [row["id"] for row in self.fake.store.all("payment_intent", status=status)]

    def decide_banks(self) -> None:
        for payment in self.payments("processing"):
            self.decide_bank(payment)

    def left_cents(self, payment: str) -> int:
        charge = self._charge(payment)
        rows = self.fake.store.all("dispute", charge=charge["id"])
        if not all(row["is_charge_refundable"] for row in rows):
            return 0
        return int(charge["amount"] - charge["amount_refunded"])

    def is_disputed(self, payment: str) -> bool:
        return bool(self._charge(payment)["disputed"])

    def ask_back(self, payment: str, cents: int, status: str) -> None:
        fake_disputes.open_dispute(self.fake, payment, cents=cents, status=self.STATUS.get(status, status))

    def disputes(self) -> list[str]:
        return [row["id"] for row in self.fake.store.all("dispute")]

    def ask_for_less(self, ref: str) -> None:
        dispute = self.fake.store.get("dispute", ref)
        fake_disputes.decide(self.fake, ref, dispute["status"], cents=max(dispute["amount"] // 2, 1))

    def open_disputes(self) -> list[str]:
        return [row["id"] for row in self.fake.store.all("dispute") if row["status"] in self.OPEN]

    def refunds(self) -> list[str]:
        return [row["id"] for row in self.fake.store.all("refund") if row["status"] in ("pending", "succeeded")]

    def told(self) -> int:
        return sum(1 for _ in self.fake.store.all("event"))

    def send(self, number: int) -> None:
        raw, headers = events.sign(self.fake, list(self.fake.store.all("event"))[number])
        notices.ingest(raw=raw, headers=headers, at=timezone.now())

    def go_wrong(self, kind: str, operation: str) -> None:
        self.fake.faults.add(faults.Fault(kind), operation, times=3 if kind.startswith("cut") else 1)

    def calm_down(self) -> None:
        self.fake.faults.clear()
        self.fake.keys.prune()

    def net_cents(self) -> int:
        return sum(row["amount"] for row in self.fake.store.all("balance_transaction"))

    def held_cents(self) -> int:
        rows = [row for row in self.fake.store.all("dispute") if row["status"] != "lost"]
        return -sum(moved["amount"] for row in rows for moved in row["balance_transactions"])

    def _charge(self, payment: str) -> dict:
        return self.fake.store.get("charge", self.fake.store.get("payment_intent", payment)["latest_charge"])
