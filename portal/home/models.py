"""What staff write for everybody: questions with answers, and the portal's own pages."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portal.home.plain_text import Block, blocks_of


class FaqCategory(models.TextChoices):
    START = "start", _("Getting started")
    RECORD = "record", _("Your record and test results")
    FAMILY = "family", _("Family and people you help")
    BILLING = "billing", _("Bills and paying")
    PRIVACY = "privacy", _("Privacy and safety")


class FaqQuerySet(models.QuerySet["Faq"]):
    def published(self) -> "FaqQuerySet":
        return self.filter(is_published=True)

    def matching(self, words: str) -> "FaqQuerySet":
        """Those in which every one of the words occurs, in the question or in the answer."""
        found = self
        for word in words.split():
            found = found.filter(models.Q(question__icontains=word) | models.Q(answer__icontains=word))
        return found


class Faq(models.Model):
    """A question people ask, with its answer in plain text."""

    Category = FaqCategory

    question = models.CharField(_("question"), max_length=200)
    answer = models.TextField(_("answer"), help_text=_("Plain text. An empty line starts a new paragraph."))
    category = models.CharField(_("category"), max_length=20, choices=FaqCategory)
    position = models.PositiveSmallIntegerField(_("position"), default=100, help_text=_("Smaller numbers come first."))
    is_top = models.BooleanField(_("on the welcome page"), default=False)
    is_published = models.BooleanField(_("published"), default=True)

    objects = FaqQuerySet.as_manager()

    class Meta:
        verbose_name = _("FAQ")
        verbose_name_plural = _("FAQs")
        ordering = ("position", "pk")
        constraints = [
            models.CheckConstraint(condition=models.Q(category__in=FaqCategory.values), name="faq_category_is_known"),
        ]

    def __str__(self) -> str:
        return self.question


class Page(models.Model):
    """A page of the portal whose words are the organisation's: privacy, accessibility, help with paying, terms."""

    slug = models.SlugField(_("address"), unique=True)
    title = models.CharField(_("title"), max_length=120)
    lede = models.CharField(_("first sentence"), max_length=300, blank=True)
    body = models.TextField(
        _("text"),
        help_text=_("Plain text. An empty line starts a new paragraph, “# ” a heading, “- ” an entry of a list."),
    )
    updated_at = models.DateTimeField(_("last changed"), auto_now=True, db_default=Now())

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.title

    def blocks(self) -> list[Block]:
        """The text as headings, paragraphs and lists."""
        return blocks_of(self.body)
