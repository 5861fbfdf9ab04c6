"""Events: kept for the list, signed, and sent to the webhook until it answers with 2xx."""

import json
from collections.abc import Callable

from stripe import WebhookSignature
from stripe._api_version import _ApiVersion

from tests.fake_stripe.faults import DELAY_SECONDS, Fault
from tests.fake_stripe.state import Fake
from tests.fake_stripe.store import Row

MOST_TRIES = 10

# Takes the raw body and the headers, and gives the status of the answer.
type Webhook = Callable[[bytes, dict[str, str]], int]


def tell(fake: Fake, type_: str, about: Row) -> None:
    """Makes the event with a snapshot of what it is about, and queues its notice."""
    event = fake.store.add(
        "evt",
        "event",
        api_version=_ApiVersion.CURRENT,
        data={"object": fake.store.snapshot(about)},
        livemode=False,
        pending_webhooks=1,
        request={"id": None, "idempotency_key": None},
        type=type_,
    )
    due = fake.store.now()
    if fake.faults.met(Fault.LOSE, type_):
        return
    if fake.faults.met(Fault.DELAY, type_):
        due += DELAY_SECONDS
    place = max(len(fake.outbox) - 1, 0) if fake.faults.met(Fault.SWAP, type_) else len(fake.outbox)
    for _ in range(2 if fake.faults.met(Fault.TWICE, type_) else 1):
        fake.outbox.insert(place, (due, event["id"], 0))


def sign(fake: Fake, event: Row) -> tuple[bytes, dict[str, str]]:
    """The raw body and its headers, signed now."""
    body = json.dumps(event, indent=2)
    header = WebhookSignature.generate_signature_header(body, fake.webhook_secret, timestamp=fake.store.now())
    return body.encode(), {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": header}


def deliver(fake: Fake, webhook: Webhook) -> int:
    """Sends what is due, in its order; what is not taken in is tried again later. Returns how many were taken in."""
    now, taken = fake.store.now(), 0
    with fake.lock:
        due = [entry for entry in fake.outbox if entry[0] <= now]
        fake.outbox[:] = [entry for entry in fake.outbox if entry[0] > now]
    for _due, ref, tries in due:
        event = fake.store.get("event", ref)
        if 200 <= webhook(*sign(fake, event)) < 300:
            taken += 1
            event["pending_webhooks"] = 0
        elif tries + 1 < MOST_TRIES:
            with fake.lock:
                fake.outbox.append((now + 2**tries, ref, tries + 1))
    return taken
