"""The questions, answers and pages that a new installation starts with."""

from django.db import migrations

from portal.home.default_faqs import FAQS
from portal.home.default_pages import PAGES


def load(apps, schema_editor):
    Faq = apps.get_model("portal", "Faq")
    Page = apps.get_model("portal", "Page")
    Faq.objects.bulk_create(Faq(position=position, **faq) for position, faq in enumerate(FAQS))
    Page.objects.bulk_create(Page(**page) for page in PAGES)


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_faqs_pages_activation")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
