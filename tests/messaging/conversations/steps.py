"""What a person does in the browser to write, as requests."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from messaging.models import Conversation


def url(name: str, patient: Any, **kwargs: Any) -> str:
    return reverse(f"messaging:{name}", kwargs={"patient": patient.pk, **kwargs})


def hidden(text: str, name: str) -> str:
    """The value of a hidden field of the page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, f"no hidden {name}"
    return found[1]


def begin(
    client: Client, patient: Any, *, subject: str = "My knee", body: str = "It hurts.", topic: str = "symptom"
) -> str:
    """Goes to the review page and returns its source."""
    assert client.post(url("new", patient), {"topic": topic}).status_code == 302
    posted = client.post(url("write", patient), {"subject": subject, "body": body})
    assert posted.status_code == 302, posted.content.decode()
    return client.get(url("review", patient)).text


def send(client: Client, patient: Any, page: str, **extra: Any) -> Any:
    """Presses the button of the review page."""
    fields = {name: hidden(page, name) for name in ("once", "seen")}
    return client.post(url("review", patient), {**fields, **extra})


def ask(client: Client, patient: Any, **words: Any) -> Conversation:
    """A new conversation, sent."""
    response = send(client, patient, begin(client, patient, **words))
    assert response.status_code == 302, response.content.decode()
    return Conversation.objects.get(pk=response["Location"].rstrip("/").rpartition("/")[2])


def reply(client: Client, conversation: Conversation, body: str, **extra: Any) -> Any:
    """Writes in the form below a conversation."""
    thread = url("thread", conversation.patient, conversation=conversation.pk)
    page = client.get(thread).text
    fields = {"once": hidden(page, "once"), "body": body, **extra}
    return client.post(url("reply", conversation.patient, conversation=conversation.pk), fields)
