"""Writing first, in two steps; and who of those written to has read it."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from messaging.conversations.models import SUBJECT_LENGTH, ReadMark
from messaging.inbox import mailings, tasks
from messaging.inbox.gate import StaffRequest, record, staff_page
from messaging.inbox.mailings import MOST
from messaging.inbox.models import Mailing, PatientFilter, known_fields_only
from messaging.inbox.number_files import numbers_in
from messaging.pools.choices import ABOUT_A_PATIENT, Topic
from messaging.pools.models import Pool
from records.access import log
from records.access.gate import send_logged
from records.access.reviewed import reviewed_form
from records.access.staff_pages import frame

SHOWN = 200
# Numbers of more patients than a mailing may have, however long each is.
NUMBERS_LENGTH = 500_000


class MailingForm(forms.Form):
    once = forms.UUIDField(widget=forms.HiddenInput)
    mrns = forms.CharField(
        label=gettext_lazy("Medical record numbers"),
        required=False,
        max_length=NUMBERS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
        help_text=gettext_lazy("One patient or many: paste numbers with spaces, commas or lines between them."),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a list of them"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=gettext_lazy("A CSV file with a column MRN, or with the numbers in its first column."),
    )
    saved: Any = forms.ModelChoiceField(
        label=gettext_lazy("Saved filter"), queryset=PatientFilter.objects.all(), required=False
    )
    pool: Any = forms.ModelChoiceField(label=gettext_lazy("From"), queryset=Pool.objects.none())
    topic = forms.ChoiceField(
        label=gettext_lazy("Topic"), choices=[(each.value, each.label) for each in Topic if each in ABOUT_A_PATIENT]
    )
    subject = forms.CharField(
        label=gettext_lazy("Subject"), max_length=SUBJECT_LENGTH, widget=forms.TextInput(attrs={"size": 60})
    )
    body = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=5000,
        validators=[known_fields_only],
        widget=forms.Textarea(attrs={"rows": 10, "cols": 60}),
        help_text=gettext_lazy("Fields such as {patient_first_name} and {staff_name} are filled in for each."),
    )

    def __init__(self, request: StaffRequest) -> None:
        super().__init__(request.POST.copy() or None, request.FILES or None, initial={"once": uuid.uuid4()})
        self.at = request.desk.at
        self.fields["pool"].queryset = Pool.objects.filter(pk__in=request.desk.pool_ids)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        self._take_numbers(data)
        if self.errors:
            return data
        data["chosen"] = mailings.choose(mrns=data["mrns"], saved=data["saved"], at=self.at)
        count = len(data["chosen"].patients)
        if count > MOST:
            raise forms.ValidationError(_("These are more than %(most)s patients. Choose fewer.") % {"most": MOST})
        if not count:
            raise forms.ValidationError(_("There is no patient of these numbers or of this filter who reads messages."))
        return data

    def _take_numbers(self, data: dict[str, Any]) -> None:
        """Puts what the file holds with what was pasted, so that the review and the last step still have it."""
        if data.get("file") is None:
            return
        try:
            data["mrns"] = "\n".join([data.get("mrns", ""), *numbers_in(data["file"])])
            self.fields["mrns"].run_validators(data["mrns"])
        except forms.ValidationError as error:
            self.add_error("file", error)
            return
        sent: Any = self.data
        sent["mrns"] = data["mrns"]


@staff_page("messaging.add_mailing")
def write(request: StaffRequest) -> HttpResponseBase:
    return reviewed_form(
        request,
        title=_("Write to patients"),
        intro=_("Everyone gets a conversation of their own, and can answer. Nobody sees who else was written to."),
        form=MailingForm(request),
        review=_review,
        confirm=_("Send"),
        act=lambda data: _send(request, data),
    )


def _review(data: dict[str, Any]) -> list[str]:
    chosen = data["chosen"]
    count = len(chosen.patients)
    said = [
        ngettext("It goes to %d patient.", "It goes to %d patients.", count) % count,
        _("From %(pool)s, about: %(topic)s.")
        % {"pool": data["pool"].described_as, "topic": Topic(data["topic"]).label},
        data["subject"],
        data["body"],
    ]
    if chosen.unknown:
        count = len(chosen.unknown)
        words = ngettext("%d number is no patient’s: ", "%d numbers are no patient’s: ", count) % count
        said.append(words + ", ".join(number[:40] for number in chosen.unknown[:50]))
    if chosen.unread:
        numbers = ", ".join(patient.mrn for patient in chosen.unread[:50])
        words = _("Nobody reads messages for these, so reach them in another way: %(numbers)s.")
        said.append(words % {"numbers": numbers})
    return said


def _send(request: StaffRequest, data: dict[str, Any]) -> HttpResponse:
    fields = {name: data[name] for name in ("once", "pool", "topic", "subject", "body")}
    mailing = Mailing(**fields, created_by=request.user, created_at=request.desk.at)
    kept = mailings.create(mailing=mailing, patients=data["chosen"].patients)
    tasks.send_mailings.enqueue()
    messages.success(request, _("It is on its way. This page shows who has read it."))
    return redirect("admin:messaging_mailing_change", kept.pk)


@require_safe
@staff_page("messaging.view_mailing")
def show(request: StaffRequest, object_id: uuid.UUID) -> HttpResponseBase:
    """What was sent, to how many, and who of the first SHOWN has read it."""
    mailing = get_object_or_404(Mailing.objects.select_related("pool", "created_by"), pk=object_id)
    if mailing.pool_id not in request.desk.pool_ids:
        return redirect("admin:messaging_mailing_changelist")
    marks = ReadMark.objects.filter(conversation=OuterRef("conversation"), user__is_staff=False, read_at__isnull=False)
    rows = mailing.recipients.annotate(is_read=Exists(marks))
    shown = list(rows.select_related("patient", "conversation")[:SHOWN])
    context = {
        **frame(_("Written to patients")),
        "mailing": mailing,
        "recipients": shown,
        "total": rows.count(),
        "sent": rows.filter(conversation__isnull=False).count(),
        "read": rows.filter(is_read=True).count(),
    }
    response = TemplateResponse(request, "admin/messaging/mailing.html", context)
    return send_logged(request, response, lambda: record(request, log.Verb.VIEW, None, count=len(shown)))
