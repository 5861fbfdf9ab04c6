"""Proving a mobile number: a code goes there, and whoever types it gets texts."""

import datetime as dt
import re
import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from records.access import derived_codes
from records.access.models import User
from records.notifications import kinds, suppression, tasks
from records.notifications.choices import Channel
from records.notifications.models import Notification, PhoneProof, Preferences

SALT, DIGITS = "notifications.phone", 6
LIFETIME, MOST_TRIES = dt.timedelta(minutes=15), 5
_LONG_ENOUGH = re.compile(r"\+[1-9][0-9]{9,14}")


def normalize(typed: str) -> str:
    """A number as +18605550142 (E.164); ten digits are taken for a US number. Empty for what cannot be one."""
    digits = "".join(character for character in typed if character.isdigit())
    number = f"+{digits}" if typed.strip().startswith("+") else f"+1{digits[-10:]}" if len(digits) in (10, 11) else ""
    return number if _LONG_ENOUGH.fullmatch(number) else ""


@transaction.atomic
def ask(*, user: User, phone: str, at: dt.datetime) -> PhoneProof:
    """Sends a code to the number; nothing else is sent there before it was typed."""
    proof = PhoneProof.objects.create(user=user, phone=phone, created_at=at)
    row = Notification(
        kind=KIND,
        cause=f"phone:{proof.pk}",
        user=user,
        channel=Channel.SMS,
        address=phone,
        context={"proof": str(proof.pk)},
        next_try_at=at,
        created_at=at,
    )
    row.save(force_insert=True)
    tasks.deliver.using(run_after=at).enqueue(str(row.pk))
    return proof


@transaction.atomic
def prove(*, user: User, proof_id: uuid.UUID, typed: str, at: dt.datetime) -> bool:
    """Whether the code is right, at most once and within MOST_TRIES; then the number is the person's."""
    live = PhoneProof.objects.filter(pk=proof_id, user=user, created_at__gt=at - LIFETIME, used_at__isnull=True)
    if not live.filter(tries__lt=MOST_TRIES).update(tries=F("tries") + 1):
        return False
    if not derived_codes.is_right(typed, code_of(proof_id)) or not live.update(used_at=at):
        return False
    phone = PhoneProof.objects.get(pk=proof_id).phone
    Preferences.objects.update_or_create(user=user, defaults={"phone": phone})
    suppression.lift(channel=Channel.SMS, address=phone)
    return True


def code_of(proof_id: uuid.UUID) -> str:
    return derived_codes.code_of(proof_id, salt=SALT, digits=DIGITS)


def _text(proof_id: uuid.UUID) -> str:
    return _t("%(portal)s: your code is %(code)s. We never ask for it by phone.") % {
        "portal": settings.PORTAL_NAME,
        "code": code_of(proof_id),
    }


KIND = kinds.register(
    "phone_code",
    subject=_("Your code"),
    template="records/notifications/digest_email",
    text=lambda context: _text(uuid.UUID(context["proof"])),
    is_proof=True,
)
