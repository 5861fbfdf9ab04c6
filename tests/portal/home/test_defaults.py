"""The words a new installation starts with fit where they are kept."""

import pytest
from django.apps import apps

from portal.home.default_faqs import FAQS
from portal.home.default_pages import PAGES, add_missing
from portal.home.models import Faq, FaqCategory, Page
from portal.home.taglines import TAGLINES, Tagline


@pytest.mark.django_db
@pytest.mark.parametrize("faq", FAQS, ids=lambda faq: faq["question"])
def test_default_faq_is_valid(faq: dict[str, object]) -> None:
    Faq(**faq).full_clean()


def test_every_category_has_a_default_question() -> None:
    assert {faq["category"] for faq in FAQS} == set(FaqCategory.values)


@pytest.mark.django_db
@pytest.mark.parametrize("words", PAGES, ids=lambda words: words["slug"])
def test_default_page_is_valid(words: dict[str, object]) -> None:
    Page(**words).full_clean(validate_unique=False)  # the first migration has put them there already


def test_help_with_paying_tells_what_nonprofit_hospitals_must() -> None:
    words = next(page["body"] for page in PAGES if page["slug"] == "assistance")
    for told in ("application form", "plain-language summary", "All are free", "240 days", "more than what insurers"):
        assert told in words


def test_notice_of_nondiscrimination_says_what_the_rule_wants() -> None:
    words = next(page["body"] for page in PAGES if page["slug"] == "nondiscrimination")
    for told in ("race", "color", "national origin", "age", "disability", "sex", "interpreters", "grievance", "OCR"):
        assert told.lower() in words.lower()
    assert "1-800-368-1019" in words


@pytest.mark.django_db
def test_missing_pages_are_added_and_changed_ones_stay() -> None:
    Page.objects.filter(slug="terms").delete()
    Page.objects.update_or_create(slug="privacy", defaults={"title": "Ours", "body": "Our own words"})
    add_missing(apps, None)
    assert set(Page.objects.values_list("slug", flat=True)) == {page["slug"] for page in PAGES}
    assert Page.objects.get(slug="privacy").title == "Ours"


@pytest.mark.parametrize("line", TAGLINES, ids=lambda line: line.code)
def test_tagline_names_phone_and_relay(line: Tagline) -> None:
    words = line.words("860-555-0142", "711")
    assert "860-555-0142" in words
    assert "711" in words
    assert "{" not in words


def test_there_are_fifteen_languages() -> None:
    assert len({line.code for line in TAGLINES}) == 15
