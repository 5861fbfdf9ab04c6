"""`manage.py read_bounces`: reads the mailbox that mail which did not arrive comes back to."""

import imaplib
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from records.notifications import bounces, suppression
from records.notifications.choices import Channel

MOST_MAILS, MOST_BYTES = 500, 1_000_000


class Command(BaseCommand):
    help = "Stops mail to addresses that gave it back for good; reads unseen mails and marks them seen."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.BOUNCE_IMAP_HOST:
            raise CommandError("Set BOUNCE_IMAP_HOST, BOUNCE_IMAP_USER and BOUNCE_IMAP_PASSWORD.")
        with imaplib.IMAP4_SSL(settings.BOUNCE_IMAP_HOST, timeout=30) as mailbox:
            mailbox.login(settings.BOUNCE_IMAP_USER, settings.BOUNCE_IMAP_PASSWORD)
            mailbox.select("INBOX")
            mails, stopped = read(mailbox)
        self.stdout.write(f"Read {mails} mails and stopped mail to {stopped} addresses.")


def read(mailbox: Any) -> tuple[int, int]:
    """How many unseen mails were read, and how many addresses they stopped; too large ones are passed over."""
    _status, found = mailbox.search(None, "UNSEEN", "SMALLER", str(MOST_BYTES))
    numbers = found[0].split()[:MOST_MAILS]
    stopped = 0
    for number in numbers:
        _status, parts = mailbox.fetch(number, "(RFC822)")
        for bounce in bounces.from_mail(parts[0][1]):
            stopped += suppression.suppress(
                channel=Channel.EMAIL, address=bounce.address, reason=bounce.reason, at=timezone.now()
            )
        mailbox.store(number, "+FLAGS", "\\Seen")
    return len(numbers), stopped
