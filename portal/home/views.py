"""The pages everybody can open, and the first page after signing in."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing.payments import deployment
from portal.home import needs
from portal.home.models import Faq, FaqCategory, Page
from portal.home.taglines import TAGLINES
from portal.navigation import Navigation
from records.access.gate import SignedInRequest, public_page, signed_in_page
from records.access.scope import scopes_of

SEARCH_MAX = 200


@public_page
@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/home/welcome.html", {"faqs": Faq.objects.published().filter(is_top=True)})


@signed_in_page
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """What needs this person today, across everyone they act for."""
    if request.user.is_staff:
        return redirect("admin:index")
    now = timezone.now()
    scopes = scopes_of(request.user, now)
    request.scopes = scopes  # the menus need them too
    people = Navigation(request).people
    open_needs = needs.of(request.user, list(zip(scopes, people, strict=True)), now)
    return render(request, "portal/home/home.html", {"people": people, "needs": open_needs})


@signed_in_page
@require_safe
def stay(request: SignedInRequest) -> HttpResponse:
    """Somebody is still there: being asked is all that the session's clock needs."""
    return HttpResponse(status=204)


@public_page
@require_safe
def faqs(request: HttpRequest) -> HttpResponse:
    """All published questions by category, or those in which the words searched for occur."""
    # PostgreSQL has no NUL in text.
    words = request.GET.get("q", "").replace("\0", "").strip()[:SEARCH_MAX]
    found = list(Faq.objects.published().matching(words))
    groups = [(category.label, [faq for faq in found if faq.category == category]) for category in FaqCategory]
    return render(
        request,
        "portal/home/faqs.html",
        {"words": words, "count": len(found), "groups": [(label, group) for label, group in groups if group]},
    )


@public_page
@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/home/contact.html")


@public_page
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """A page whose words staff keep in the admin."""
    return render(request, "portal/home/page.html", {"page": get_object_or_404(Page, slug=slug)})


@public_page
@require_safe
def languages(request: HttpRequest) -> HttpResponse:
    """That help in one's own language is free, said in each."""
    lines = [(line, line.words(settings.SERVICE_PHONE, settings.SERVICE_TTY)) for line in TAGLINES]
    return render(request, "portal/home/languages.html", {"lines": lines})


@public_page
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; for whoever restarts it."""
    return HttpResponse("ok", content_type="text/plain")


@public_page
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers too, and knows whether money is real; for whoever sends people here."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        is_wrong = settings.PRODUCTION and not deployment.is_live()
    except DatabaseError:
        return HttpResponse("database unreachable", content_type="text/plain", status=503)
    if is_wrong:
        return HttpResponse("database not live: run manage.py migrate", content_type="text/plain", status=503)
    return HttpResponse("ready", content_type="text/plain")
