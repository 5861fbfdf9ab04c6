"""What the shell's own pages are made of."""

import factory
from factory.django import DjangoModelFactory

from portal.home.models import Faq, FaqCategory


class FaqFactory(DjangoModelFactory[Faq]):
    class Meta:
        model = Faq

    question = factory.Sequence(lambda n: f"Question {n}?")
    answer = "An answer."
    category = FaqCategory.START
