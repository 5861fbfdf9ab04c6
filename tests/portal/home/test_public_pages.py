"""Pages that everybody can open, signed in or not."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from portal.home.models import Page
from tests.factories.portal import FaqFactory
from tests.factories.records import UserFactory

pytestmark = pytest.mark.django_db

POLYGLOT = """"><img src=x onerror=alert(1)><script>alert(2)</script>{{ 7|add:7 }}"""


@pytest.mark.parametrize("name", ["welcome", "faqs", "contact"])
def test_foot_of_every_page_says_how_to_get_help(client: Client, name: str) -> None:
    page = client.get(reverse(f"portal:{name}"))
    assert page.status_code == 200
    for expected in (settings.SERVICE_PHONE, settings.SERVICE_EMAIL, "Not for emergencies. Call 911."):
        assert expected in page.text
    for linked in (
        "faqs", "contact", "privacy", "accessibility", "assistance", "nondiscrimination", "languages",
    ):  # fmt: skip
        assert f'href="{reverse(f"portal:{linked}")}"' in page.text


def test_welcome_leads_to_sign_in_and_sign_up(client: Client) -> None:
    page = client.get("/")
    assert f'href="{reverse("account_login")}"' in page.text
    assert f'href="{reverse("portal:activate")}"' in page.text


def test_welcome_shows_the_top_questions_only(client: Client) -> None:
    FaqFactory.create(question="How do I sign up?", is_top=True)
    FaqFactory.create(question="Who is the guarantor?")
    FaqFactory.create(question="Is it over?", is_top=True, is_published=False)
    page = client.get("/")
    assert "How do I sign up?" in page.text
    assert "Who is the guarantor?" not in page.text
    assert "Is it over?" not in page.text


def test_faqs_stand_under_their_category_in_order(client: Client) -> None:
    FaqFactory.create(question="Second bill?", category="billing", position=2)
    FaqFactory.create(question="First bill?", category="billing", position=1)
    FaqFactory.create(question="Begin?", category="start", position=9)
    text = client.get(reverse("portal:faqs")).text
    places = [
        text.index(word) for word in ("Getting started", "Begin?", "Bills and paying", "First bill?", "Second bill?")
    ]
    assert places == sorted(places)


def test_unpublished_faq_is_shown_nowhere(client: Client) -> None:
    FaqFactory.create(question="Is it a draft?", is_published=False)
    assert "Is it a draft?" not in client.get(reverse("portal:faqs")).text
    assert "Is it a draft?" not in client.get(reverse("portal:faqs"), {"q": "draft"}).text


def test_search_wants_every_word_in_question_or_answer(client: Client) -> None:
    FaqFactory.create(question="Who is the guarantor?", answer="The person who pays.")
    FaqFactory.create(question="Who can see it?", answer="You.")
    page = client.get(reverse("portal:faqs"), {"q": "WHO pays"})
    assert "Who is the guarantor?" in page.text
    assert "Who can see it?" not in page.text
    assert "1 answer for" in page.text


def test_search_without_a_match_says_what_to_do(client: Client) -> None:
    FaqFactory.create()
    page = client.get(reverse("portal:faqs"), {"q": "zebra"})
    assert "Nothing found" in page.text
    assert 'value="zebra"' in page.text


def test_faq_and_search_are_text_and_never_markup(client: Client) -> None:
    FaqFactory.create(question=POLYGLOT, answer=POLYGLOT, is_top=True)
    for page in (
        client.get("/"),
        client.get(reverse("portal:faqs"), {"q": "script"}),
        client.get("/faqs/", {"q": POLYGLOT}),
    ):
        assert "<img src=x" not in page.text
        assert "<script>" not in page.text
        assert "{{ 7|add:7 }}" in page.text


def test_search_for_nothing_sensible_is_harmless(client: Client) -> None:
    for words in ("\x00", "%", "_" * 5000, "' OR 1=1 --"):
        assert client.get(reverse("portal:faqs"), {"q": words}).status_code == 200


def test_faqs_take_one_query_however_many_there_are(client: Client, django_assert_num_queries: object) -> None:
    FaqFactory.create_batch(20)
    with django_assert_num_queries(1):  # type: ignore[operator]
        client.get(reverse("portal:faqs"))


def test_page_shows_headings_lists_and_paragraphs_as_text(client: Client) -> None:
    Page.objects.update_or_create(
        slug="privacy", defaults={"body": f"# Who can see it\n- You\n- Your proxy\n\nSigned,\nthe clinic\n\n{POLYGLOT}"}
    )
    text = client.get(reverse("portal:privacy")).text
    assert "<h2>Who can see it</h2>" in text
    assert "<li>Your proxy</li>" in text
    assert "Signed,<br>the clinic" in text
    assert "<script>" not in text


def test_page_that_staff_removed_is_not_found(client: Client) -> None:
    Page.objects.filter(slug="terms").delete()
    assert client.get(reverse("portal:terms")).status_code == 404


def test_public_pages_only_answer_reading(client: Client) -> None:
    assert client.post(reverse("portal:faqs")).status_code == 405


def test_public_pages_keep_to_the_content_security_policy(client: Client) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_taglines_are_marked_with_their_language(client: Client) -> None:
    page = client.get(reverse("portal:languages"))
    assert '<dd lang="es" dir="ltr">' in page.text
    assert '<dd lang="ar" dir="rtl">' in page.text


def test_contact_page_leads_guests_and_people_with_a_sign_in_each_to_their_own_form(client: Client) -> None:
    url = reverse("portal:contact")
    assert reverse("messaging:case_write") in client.get(url).text
    client.force_login(UserFactory())
    text = client.get(url).text
    assert reverse("messaging:own_new") in text
    assert reverse("messaging:case_write") not in text
