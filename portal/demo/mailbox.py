"""Where the demo's e-mails go: a table that /demo/mailbox/ shows."""

from collections.abc import Sequence

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from portal.demo.models import DemoMail


class DemoTexts:
    """Texts go to the same mailbox."""

    def send(self, *, to: str, body: str) -> str:
        return str(DemoMail.objects.create(to=to, subject="Text message", body=body).pk)


class DemoMailbox(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        DemoMail.objects.bulk_create(
            DemoMail(to=", ".join(message.recipients()), subject=str(message.subject), body=str(message.body))
            for message in email_messages
        )
        return len(email_messages)
