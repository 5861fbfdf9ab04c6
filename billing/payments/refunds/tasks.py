"""Run by `manage.py work`."""

import uuid

from django.tasks import task
from django.utils import timezone

from billing.payments.gateways.protocol import GatewayError
from billing.payments.refunds import sending


@task()
def send_refund(refund_id: str) -> None:
    """Sends one refund; one whose outcome stays unknown is looked at again by reconciliation."""
    try:
        sending.send(refund_id=uuid.UUID(refund_id), at=timezone.now())
    except GatewayError:
        return
