"""PostgreSQL watches over statements (billing/statements/triggers.py)."""

from django.db import migrations

from billing.statements import triggers


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_money_back_statements_and_payers")]
    operations = [migrations.RunPython(triggers.install, triggers.remove)]
