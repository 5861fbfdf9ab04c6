"""The access log: who opened or changed what of whose record, kept so that a change to it shows.

Rows are chained: each carries an HMAC over its own fields and the HMAC before it, under a key that is
not in the database. Signed heads are copied outside the database (`export_checkpoint`), so that rows
cut off the end are missed too. Actions append as the last statement of their transaction; pages render,
then append in a transaction of their own before the first byte leaves.
"""

import datetime as dt
import hashlib
import hmac
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

GENESIS = "0" * 64


class Verb(models.TextChoices):
    VIEW = "view", _("opened")
    CHANGE = "change", _("changed")
    DENIED = "denied", _("was refused")


@dataclass(frozen=True)
class Origin:
    """From where: the client's address, and the request's reference for support."""

    address: str = ""
    reference: str = ""


class AccessLogHead(models.Model):
    """The single row that says how long the chain is and how it ends; locking it orders the appends."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    count = models.PositiveBigIntegerField(default=0)
    mac = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="access_log_has_one_head")]

    def __str__(self) -> str:
        return f"{self.count} rows"


class AccessLogEntry(models.Model):
    """One line of the log. Plain ids and no foreign keys: no deletion elsewhere may touch it."""

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    acting_as = models.CharField(max_length=20)
    patient_id = models.UUIDField(null=True)
    verb = models.CharField(max_length=10, choices=Verb)
    kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64, blank=True)
    count = models.PositiveIntegerField(default=1)
    address = models.CharField(max_length=45, blank=True)
    reference = models.CharField(max_length=36, blank=True)
    mac = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "access log entries"
        indexes = [models.Index(fields=["patient_id", "-number"], name="access_log_by_patient")]

    def __str__(self) -> str:
        return f"Access log entry {self.number}"

    def expected_mac(self, before: str) -> str:
        fields = [
            self.number,
            self.at.astimezone(dt.UTC).isoformat(),
            str(self.actor_id),
            self.actor_name,
            self.acting_as,
            str(self.patient_id),
            self.verb,
            self.kind,
            self.object_id,
            self.count,
            self.address,
            self.reference,
        ]
        return sign(before + json.dumps(fields))


def sign(text: str) -> str:
    return hmac.new(settings.ACCESS_LOG_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def record(
    *,
    kind: str,
    verb: Verb,
    at: dt.datetime,
    actor_name: str,
    acting_as: str,
    actor_id: uuid.UUID | None = None,
    patient_id: uuid.UUID | None = None,
    object_id: str = "",
    count: int = 1,
    origin: Origin = Origin(),  # noqa: B008 (frozen)
) -> AccessLogEntry:
    """Appends one row. Call it last in the transaction: it holds the chain's head until the commit.

    `acting_as` is the grant's kind, "staff", "guest" or "system"; `kind` names what was seen or
    changed, as registered in `records/access/kinds.py`.
    """
    seen = [Seen(patient_id, acting_as, count)]
    return record_each(
        seen, kind=kind, verb=verb, at=at, actor_name=actor_name, actor_id=actor_id, object_id=object_id, origin=origin
    )[0]


@dataclass(frozen=True)
class Seen:
    """How much of whom a page showed, and as what its reader opened it."""

    patient_id: uuid.UUID | None
    acting_as: str
    count: int = 1


def record_each(
    seen: Sequence[Seen],
    *,
    kind: str,
    verb: Verb,
    at: dt.datetime,
    actor_name: str,
    actor_id: uuid.UUID | None = None,
    object_id: str = "",
    origin: Origin = Origin(),  # noqa: B008 (frozen)
) -> list[AccessLogEntry]:
    """Appends one row for each in `seen`, in as many queries for several as for one."""
    with transaction.atomic():
        head = AccessLogHead.objects.select_for_update().filter(pk=1).first()
        if head is None:
            AccessLogHead.objects.bulk_create([AccessLogHead()], ignore_conflicts=True)
            head = AccessLogHead.objects.select_for_update().get(pk=1)
        entries = []
        for each in seen:
            entry = AccessLogEntry(
                number=head.count + 1,
                at=at,
                actor_id=actor_id,
                actor_name=actor_name,
                acting_as=each.acting_as,
                patient_id=each.patient_id,
                verb=verb,
                kind=kind,
                object_id=object_id,
                count=each.count,
                address=origin.address,
                reference=origin.reference,
            )
            entry.mac = entry.expected_mac(head.mac)
            head.count, head.mac = entry.number, entry.mac
            entries.append(entry)
        AccessLogEntry.objects.bulk_create(entries)
        head.save(update_fields=["count", "mac"])
    return entries


def export_checkpoint(at: dt.datetime, folder: Path) -> Path:
    """Writes the signed head to `folder` as one line appended to this month's file; returns the file."""
    head = AccessLogHead.objects.filter(pk=1).first() or AccessLogHead()
    line = {"at": at.isoformat(), "count": head.count, "mac": head.mac}
    line["signature"] = sign(json.dumps(line, sort_keys=True))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{at:%Y-%m}.jsonl"
    with path.open("a") as file:
        file.write(json.dumps(line) + "\n")
    return path


def faults(folder: Path) -> list[str]:
    """Every way in which the stored log differs from the one that was written; empty when sound."""
    found: list[str] = []
    before, number = GENESIS, 0
    macs: dict[int, str] = {0: GENESIS}
    checkpoints = list(_checkpoints(folder, found))
    wanted = {count for count, _mac in checkpoints}
    for entry in AccessLogEntry.objects.order_by("number").iterator(chunk_size=2000):
        number += 1
        if entry.number != number:
            found.append(f"Row {number} is missing; the next one is {entry.number}.")
            number = entry.number
        if not hmac.compare_digest(entry.mac, entry.expected_mac(before)):
            found.append(f"Row {entry.number} was changed, or what stood before it.")
        before = entry.mac
        if entry.number in wanted:
            macs[entry.number] = entry.mac
    head = AccessLogHead.objects.filter(pk=1).first() or AccessLogHead()
    if (head.count, head.mac) != (number, before):
        found.append(f"The head says {head.count} rows, the log ends at {number}.")
    found.extend(
        f"A checkpoint saw {count} rows that are no longer there as they were."
        for count, mac in checkpoints
        if macs.get(count) != mac
    )
    return found


def _checkpoints(folder: Path, found: list[str]) -> list[tuple[int, str]]:
    heads = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text().splitlines():
            head = json.loads(line)
            signature = head.pop("signature")
            if not hmac.compare_digest(signature, sign(json.dumps(head, sort_keys=True))):
                found.append(f"A checkpoint in {path.name} is not signed by this portal.")
                continue
            heads.append((head["count"], head["mac"]))
    return heads
