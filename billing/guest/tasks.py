"""Run by `manage.py work`."""

import datetime as dt
import uuid

from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.guest.models import GuestCode
from records.notifications import kinds
from records.notifications.actions import notify

KIND = kinds.register("guest_code", subject=_("Your code to open a bill"), template="billing/guest/code_email")


@task()
def send_code(code_id: str) -> None:
    send(code_id=uuid.UUID(code_id), at=timezone.now())


def send(*, code_id: uuid.UUID, at: dt.datetime) -> None:
    """Writes to the guarantor's address; nothing when nothing matched, there is none, or the time is over."""
    waiting = GuestCode.objects.filter(pk=code_id, expires_at__gt=at, account__isnull=False)
    code = waiting.select_related("account__guarantor").first()
    guarantor = code.account.guarantor if code and code.account else None
    if guarantor is None or not guarantor.email:
        return
    notify(kind=KIND, cause=f"guest_code:{code_id}", at=at, address=guarantor.email, context={"ref": str(code_id)})
