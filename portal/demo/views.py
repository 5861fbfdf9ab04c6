"""Sign in as one of the cast with one click, and read every e-mail the demo sent."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from portal.demo.cast.people import CAST
from portal.demo.models import DemoMail
from records.access.gate import public_page
from records.access.lists import page_of
from records.access.models import User


@public_page
@require_POST
def sign_in_as(request: HttpRequest) -> HttpResponse:
    """Skips password and second factor, for the people of the cast only."""
    email = request.POST.get("email", "")
    user = get_object_or_404(User, email=email if email in CAST else "")
    login(request, user)
    return redirect("admin:index" if user.is_staff else "portal:home")


@public_page
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/mailbox.html", {"page_obj": page_of(request, DemoMail.objects.all())})


@public_page
@require_safe
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "demo/mail.html", {"mail": get_object_or_404(DemoMail, pk=pk)})
