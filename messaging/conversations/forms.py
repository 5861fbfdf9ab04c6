"""What people fill in to write: the topic, the words, and the last look before sending."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from messaging.conversations.models import BODY_LENGTH, SUBJECT_LENGTH
from messaging.conversations.teams import Team
from messaging.pools.choices import ADVICE, CUSTOMER_SERVICE, Topic
from records.danger.forms import WarnedForm
from records.documents.files.types import ACCEPT

ANYONE = ""


class FilesWidget(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Chooses files; what they are is looked at where they are taken in (attachments.py)."""

    widget = FilesWidget

    def __init__(self) -> None:
        most = {"count": settings.FILES_PER_MESSAGE, "size": settings.FILE_MAX_BYTES // 1_000_000}
        super().__init__(
            label=_("Photos or documents"),
            help_text=_("Up to %(count)s files of %(size)s MB: JPEG, PNG, PDF or plain text.") % most,
            required=False,
            widget=FilesWidget(attrs={"accept": ACCEPT}),
        )

    def clean(self, data: Any, initial: Any = None) -> None:
        return None


class BodyField(forms.CharField):
    """A message's words, their lines ended as they are counted while typing: by one character."""

    def __init__(self, *, rows: int) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
        super().__init__(label=_("Your message"), max_length=BODY_LENGTH, widget=widget)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")


class TopicForm(forms.Form):
    """Steps to the right people: what it is about and, where the record names teams, which of them."""

    topic = forms.ChoiceField(label=_("What is it about?"), widget=forms.RadioSelect)
    team = forms.ChoiceField(label=_("Who should read it?"), widget=forms.RadioSelect, required=False)

    def __init__(self, *args: Any, topics: Sequence[Topic], teams: Sequence[Team] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].choices = _grouped(topics)  # type: ignore[attr-defined]
        if teams:
            anyone = (ANYONE, _("Whoever can answer first"))
            self.fields["team"].choices = [anyone, *((team.name, _team_label(team)) for team in teams)]  # type: ignore[attr-defined]
            self.fields["team"].initial = ANYONE
        else:
            del self.fields["team"]


class WriteForm(forms.Form):
    """A new conversation's subject and first message."""

    subject = forms.CharField(
        label=_("Subject"), max_length=SUBJECT_LENGTH, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    body = BodyField(rows=9)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"] = FilesField()

    def cleaned_data_of_words(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("subject", "body")}

    def clean_subject(self) -> str:
        return " ".join(self.cleaned_data["subject"].split())


class ReplyForm(WarnedForm):
    """One more message. `once` comes with the page."""

    free_text = ("body",)

    body = BodyField(rows=6)
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"] = FilesField()


class SendForm(forms.Form):
    """The last step: `seen` is the state of the draft that the page showed."""

    once = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    consent = forms.BooleanField(
        label=_("I understand that this message may be billed to me or my insurance."),
        error_messages={"required": _("Tick this first, or call us instead: calling costs nothing.")},
    )

    def __init__(self, *args: Any, may_bill: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_bill:
            del self.fields["consent"]


def _grouped(topics: Sequence[Topic]) -> list[tuple[Any, Any]]:
    """Advice first, under its own words; what costs nothing after it."""
    groups = [
        (_("Medical advice that can wait"), [topic for topic in topics if topic in ADVICE]),
        (_("Appointment or refill"), [topic for topic in topics if topic not in ADVICE | CUSTOMER_SERVICE]),
        (_("Customer service"), [topic for topic in topics if topic in CUSTOMER_SERVICE]),
    ]
    filled = [(label, [(topic.value, topic.label) for topic in group]) for label, group in groups if group]
    return filled if len(filled) > 1 else filled[0][1]


def _team_label(team: Team) -> SafeString | str:
    if not team.members:
        return team.name
    return format_html('{}<br><span class="soft small">{}</span>', team.name, " · ".join(team.members))
