import json
import uuid

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from billing.payments import notices
from billing.payments.gateways.protocol import BadNotice
from billing.payments.models import ProviderEvent
from billing.sandbox import notices as sandbox_notices
from tests.billing.payments.steps import apply_notices, posted, work
from tests.factories.sandbox import open_checkout

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def _ingest(raw: bytes) -> bool:
    now = timezone.now()
    return notices.ingest(raw=raw, headers=sandbox_notices.sign(raw, now), at=now)


def _body(**changed: object) -> bytes:
    content = {"id": "sbx_evt_1", "type": "checkout.completed", "checkout": "sbx_cs_1", "livemode": False} | changed
    return json.dumps(content).encode()


def test_notice_is_stored_and_its_work_queued_once():
    assert [_ingest(_body()), _ingest(_body())] == [True, False]
    event = ProviderEvent.objects.get()
    assert (event.provider, event.event_id, event.checkout_ref, event.state) == (
        "sandbox",
        "sbx_evt_1",
        "sbx_cs_1",
        "received",
    )
    assert DBTaskResult.objects.count() == 1


def test_notice_of_the_other_mode_is_refused():
    with pytest.raises(BadNotice, match="mode"):
        _ingest(_body(livemode=True))
    assert not ProviderEvent.objects.exists()


def test_unsigned_notice_is_refused():
    with pytest.raises(BadNotice):
        notices.ingest(raw=_body(), headers={}, at=timezone.now())


def test_what_a_notice_claims_of_the_payment_is_not_believed():
    """It says completed; the provider, asked, says open."""
    checkout = open_checkout(attempt_id=uuid.uuid4())
    _ingest(_body(checkout=checkout.ref))
    apply_notices()
    assert (posted(), work()) == (0, [])
