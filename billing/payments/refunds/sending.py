"""Has the provider send the money, always under the refund's one key."""

import datetime as dt
import uuid

from django.db import transaction

from billing.payments import settling
from billing.payments.gateways.protocol import NotSent, OutcomeUnknown, RefundOrder, Refused
from billing.payments.gateways.registry import gateway
from billing.payments.models import ProviderPayment
from billing.payments.refunds import recording
from billing.payments.refunds.models import Refund
from billing.payments.refunds.states import RefundState


def send(*, refund_id: uuid.UUID, at: dt.datetime) -> Refund:
    """Sends a refund that is to be sent, and settles what came of it; any other state is left as it is.

    Where an earlier answer was lost, the provider is looked at before it is asked again. Raises GatewayError
    while the outcome is not known; sending again is safe.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    ref = refund.payment.ref
    if refund.state == RefundState.REQUESTED and refund.sent_at is not None:
        settling.settle_payment(ref=ref, at=at)
        refund.refresh_from_db(fields=["state"])
    if refund.state != RefundState.REQUESTED:
        return refund
    Refund.objects.filter(pk=refund.pk).update(sent_at=at)
    try:
        gateway().request_refund(RefundOrder(refund.pk, ref, refund.amount_cents), refund.key)
    except Refused as error:
        _refused(refund, str(error), at)
    except (NotSent, OutcomeUnknown):
        settling.settle_payment(ref=ref, at=at)
        if Refund.objects.filter(pk=refund.pk, state=RefundState.REQUESTED).exists():
            raise
    else:
        settling.settle_payment(ref=ref, at=at)
    refund.refresh_from_db()
    return refund


@transaction.atomic
def _refused(refund: Refund, why: str, at: dt.datetime) -> None:
    ProviderPayment.objects.select_for_update().get(pk=refund.payment_id)
    locked = Refund.objects.select_related("payment__attempt__account").get(pk=refund.pk)
    if locked.state == RefundState.REQUESTED:
        recording.fail(refund=locked, why=why, at=at)
