"""The pages that came after the first installations."""

from django.db import migrations

from portal.home import default_pages


class Migration(migrations.Migration):
    dependencies = [("portal", "0002_default_words")]
    operations = [migrations.RunPython(default_pages.add_missing, migrations.RunPython.noop)]
