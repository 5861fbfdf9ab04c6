"""The clinic writes first: chosen patients get the same text, each once, in a conversation of their own."""

import datetime as dt
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from messaging.conversations import actions, kinds
from messaging.conversations.actions import Writer
from messaging.conversations.models import Conversation
from messaging.conversations.states import Author
from messaging.inbox.fields import filled
from messaging.inbox.models import Mailing, MailingRecipient, PatientFilter
from records.access import log
from records.access.models import Grant
from records.access.permissions import Permission
from records.models import Encounter, Patient

MOST = 5000
MONTH = dt.timedelta(days=30.44)
# Sent in one go by the worker; the rest comes with its next run.
BATCH = 200


@dataclass(frozen=True)
class Chosen:
    """Whom a mailing goes to, and whom it cannot reach."""

    patients: Sequence[Patient]
    unknown: Sequence[str]
    unread: Sequence[Patient]


def choose(*, mrns: str, saved: PatientFilter | None, at: dt.datetime) -> Chosen:
    """The patients of the numbers and of the filter together, those left out to whom nobody reads messages."""
    wanted = list(dict.fromkeys(re.findall(r"[^\s,;]+", mrns)))
    found = {patient.pk: patient for patient in Patient.objects.filter(mrn__in=wanted, is_deceased=False)}
    known = {patient.mrn for patient in found.values()}
    if saved is not None:
        found |= {patient.pk: patient for patient in matching(saved, timezone.localdate(at), at)[: MOST + 1]}
    read = _read_by_somebody(found, at)
    return Chosen(
        patients=[patient for pk, patient in found.items() if pk in read],
        unknown=[mrn for mrn in wanted if mrn not in known],
        unread=[patient for pk, patient in found.items() if pk not in read],
    )


def matching(saved: PatientFilter, day: dt.date, at: dt.datetime) -> QuerySet[Patient]:
    """The living patients who meet every condition of a saved filter."""
    rows = Patient.objects.filter(is_deceased=False, active=True)
    if saved.age_from is not None:
        rows = rows.filter(birth_date__lte=_years_before(day, saved.age_from))
    if saved.age_to is not None:
        rows = rows.filter(birth_date__gt=_years_before(day, saved.age_to + 1))
    if saved.gender:
        rows = rows.filter(gender=saved.gender)
    if saved.not_seen_for_months is not None:
        since = at - saved.not_seen_for_months * MONTH
        visits = Encounter.objects.valid().filter(patient=OuterRef("pk"), effective_start__gte=since)
        rows = rows.filter(~Exists(visits))
    return rows.order_by("family", "given", "pk")


def create(*, mailing: Mailing, patients: Iterable[Patient]) -> Mailing:
    """Keeps a mailing for the worker to send; the same `once` again gives the one that is there."""
    with transaction.atomic():
        made = Mailing.objects.bulk_create([mailing], ignore_conflicts=True)
        kept = Mailing.objects.get(once=made[0].once)
        if kept.pk == mailing.pk:
            MailingRecipient.objects.bulk_create(
                [MailingRecipient(mailing=kept, patient=patient) for patient in patients], batch_size=500
            )
    return kept


def send_waiting(at: dt.datetime) -> int:
    """Sends the next BATCH of what waits, and returns how many went. A periodic job, and a task after each mailing."""
    waiting = MailingRecipient.objects.filter(conversation__isnull=True).order_by("pk")
    found = list(waiting.values_list("pk", flat=True)[:BATCH])
    return sum(send_one(recipient_id=pk, at=at) for pk in found)


@transaction.atomic
def send_one(*, recipient_id: int, at: dt.datetime) -> bool:
    """Opens the conversation with one patient, unless that has happened; says whether it did."""
    recipient = MailingRecipient.objects.select_for_update().get(pk=recipient_id)
    if recipient.conversation_id is not None:
        return False
    mailing = Mailing.objects.select_related("created_by", "pool").get(pk=recipient.mailing_id)
    author = mailing.created_by
    fresh = Conversation(
        patient=recipient.patient, topic=mailing.topic, subject=mailing.subject, pool=mailing.pool, number="-"
    )
    recipient.conversation = actions.start(
        conversation=fresh,
        writer=Writer(Author.STAFF, author.full_name, author),
        body=filled(mailing.body, fresh, author),
        once=uuid.uuid5(mailing.pk, str(recipient.patient_id)),
        at=at,
    )
    recipient.save(update_fields=["conversation"])
    log.record(
        kind=kinds.MESSAGE,
        verb=log.Verb.CHANGE,
        at=at,
        actor_id=author.pk,
        actor_name=author.full_name,
        acting_as="staff",
        patient_id=recipient.patient_id,
        object_id=f"conversation:{recipient.conversation.pk}",
    )
    return True


def _read_by_somebody(patients: Iterable[uuid.UUID], at: dt.datetime) -> set[uuid.UUID]:
    grants = Grant.objects.active(at).filter(patient__in=list(patients), user__is_staff=False, user__is_active=True)
    return {grant.patient_id for grant in grants if Permission.MESSAGES in grant.permission_set}


def _years_before(day: dt.date, years: int) -> dt.date:
    return day.replace(year=day.year - years, day=28 if (day.month, day.day) == (2, 29) else day.day)
