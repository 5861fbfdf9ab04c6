"""What staff type in the inbox."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from messaging.conversations.forms import FilesField
from messaging.conversations.models import BODY_LENGTH, Conversation
from messaging.inbox.desk import StaffDesk
from messaging.inbox.queues import Queue
from messaging.inbox.summary import documents_of, reports_of
from messaging.pools.models import Pool
from records.access.models import User
from records.models import DiagnosticReport, DocumentReference, StoredFile

# Of the newest results, and of the newest documents, that many are offered to point at.
MOST_POINTED = 10


class PointedField(forms.ModelMultipleChoiceField):
    """Rows of the patient's record, each named with its day."""

    def __init__(self, model: type[Model], label: Any, help_text: Any = "") -> None:
        widget = forms.CheckboxSelectMultiple
        rows = model._default_manager.none()
        super().__init__(label=label, help_text=help_text, queryset=rows, required=False, widget=widget)

    def label_from_instance(self, row: Any) -> str:
        name, day = row.title if isinstance(row, DocumentReference) and row.title else row.display, row.effective_start
        return f"{name} ({day:%b} {day.day}, {day:%Y})" if day else str(name)


class AnswerForm(forms.Form):
    """`once` is the same in every window that was opened on the same state of the conversation."""

    template: Any = forms.ModelChoiceField(label=_("Template"), queryset=None, required=False, empty_label=_("None"))
    body = forms.CharField(
        label=_("Your answer"),
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 10, "cols": 60}),
        error_messages={"required": _("Write your answer.")},
    )
    reports = PointedField(
        DiagnosticReport,
        _("Point at test results"),
        _("They become links. Only who may see the patient’s results can open them."),
    )
    documents = PointedField(
        DocumentReference,
        _("Point at documents of the record"),
        _("They become links. Only who may see the patient’s documents can open them."),
    )
    # Files that an earlier step took in.
    kept: Any = forms.ModelMultipleChoiceField(
        queryset=StoredFile.objects.none(), required=False, widget=forms.MultipleHiddenInput
    )
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any, conversation: Conversation, desk: StaffDesk, **kwargs: Any) -> None:
        state = f"{desk.user.pk}:{conversation.pk}:{conversation.last_message_at.isoformat()}"
        initial = {"once": uuid.uuid5(uuid.NAMESPACE_OID, state), **kwargs.pop("initial", {})}
        super().__init__(data, initial=initial, **kwargs)
        fields: Any = self.fields
        fields["files"] = FilesField()
        fields["template"].queryset = conversation.pool.reply_templates.all()
        fields["kept"].queryset = StoredFile.objects.filter(
            uploaded_by=desk.user, patient=conversation.patient
        ).order_by("created_at", "pk")
        self._offer("reports", reports_of(conversation, desk))
        self._offer("documents", documents_of(conversation, desk))

    def _offer(self, name: str, rows: Any) -> None:
        """The newest of `rows`; a field with nothing to choose is left out."""
        newest = list(rows.values_list("pk", flat=True)[:MOST_POINTED])
        if newest:
            self.fields[name].queryset = rows.filter(pk__in=newest)  # type: ignore[attr-defined]
        else:
            del self.fields[name]

    def kept_files(self) -> list[StoredFile]:
        """The files that go with it, whether it was sent in or not."""
        field: Any = self.fields["kept"]
        try:
            return list(field.clean(self["kept"].value() or []))
        except forms.ValidationError:
            return []

    def clean_kept(self) -> Any:
        if len(self.cleaned_data["kept"]) > settings.FILES_PER_MESSAGE:
            raise forms.ValidationError(_("These are too many files."))
        return self.cleaned_data["kept"]


class NoteForm(forms.Form):
    body = forms.CharField(
        label=_("Internal note"),
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 40}),
        help_text=_("For colleagues only. Whoever wrote never sees it."),
    )


class CloseForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Whoever wrote sees it."))


class QueueForm(forms.Form):
    """Work for another queue, with a word to whoever does it."""

    queue = forms.ChoiceField(label=_("Also make it"))
    note = forms.CharField(label=_("Note"), max_length=400, required=False, help_text=_("For colleagues only."))

    def __init__(self, data: Any, queues: Sequence[Queue]) -> None:
        super().__init__(data, auto_id="queue_%s")
        self.fields["queue"].choices = [(queue.name, queue.label) for queue in queues]  # type: ignore[attr-defined]


class AssignForm(forms.Form):
    """To a colleague of the same pool, or to nobody."""

    to = forms.ModelChoiceField(
        label=_("Assign to"), queryset=User.objects.none(), required=False, empty_label=_("Nobody: back to the pool")
    )

    def __init__(self, data: Any, conversation: Conversation) -> None:
        super().__init__(data, initial={"to": conversation.assigned_to_id})
        members = User.objects.filter(pk__in=conversation.pool.members.values("pk"), is_active=True)
        field: Any = self.fields["to"]
        field.queryset = members.order_by("full_name")
        field.label_from_instance = lambda user: user.full_name


class HandOverForm(forms.Form):
    pool = forms.ModelChoiceField(label=_("Hand over to"), queryset=Pool.objects.none())

    def __init__(self, data: Any, conversation: Conversation) -> None:
        super().__init__(data)
        self.fields["pool"].queryset = Pool.objects.exclude(pk=conversation.pool_id)  # type: ignore[attr-defined]
