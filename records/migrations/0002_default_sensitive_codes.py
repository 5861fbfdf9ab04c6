"""The list of sensitive codes that a new installation starts with."""

from django.db import migrations

from records.access.default_sensitive_codes import CODES


def load(apps, schema_editor):
    SensitiveCode = apps.get_model("records", "SensitiveCode")
    SensitiveCode.objects.bulk_create(
        SensitiveCode(system=system, code=code, category=category, note=note) for system, code, category, note in CODES
    )


class Migration(migrations.Migration):
    dependencies = [("records", "0001_people_and_records")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
