"""Staff's pages in two steps: a form, then a review of what will happen; nothing is done before the second."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib.admin.sites import site
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def reviewed_form(
    request: HttpRequest,
    *,
    title: str,
    intro: str,
    form: forms.Form,
    review: Callable[[dict[str, Any]], Sequence[str]],
    confirm: str,
    act: Callable[[dict[str, Any]], HttpResponse],
) -> HttpResponse:
    """One page of the admin. `review` says in sentences what `act` will do with the form's clean data.

    `confirm` is the label of the button that does it; the view has checked already who asks. The button acts on the
    review that it stood under: when the same form reads otherwise by now, the new review is shown instead.
    """
    is_ready = request.method == "POST" and form.is_valid() and "change" not in request.POST
    sentences = review(form.cleaned_data) if is_ready else None
    shown = _digest(intro, *sentences) if sentences else ""
    is_pressed = is_ready and "confirm" in request.POST
    if is_pressed and request.POST.get("shown") == shown:
        return act(form.cleaned_data)
    context = {
        **site.each_context(request),
        "title": title,
        "intro": intro,
        "form": form,
        "review": sentences,
        "shown": shown,
        "has_changed": is_pressed,
        "confirm": confirm,
    }
    return render(request, "admin/reviewed_form.html", context)


def _digest(*sentences: str) -> str:
    return hashlib.sha256("\n".join(map(str, sentences)).encode()).hexdigest()


def sign(request: HttpRequest, row: Model, what: str) -> None:
    """Writes into the row's history who did it, and when."""
    site.get_model_admin(type(row)).log_change(request, row, what)
