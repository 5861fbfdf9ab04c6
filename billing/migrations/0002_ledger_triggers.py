"""PostgreSQL watches over the ledger (billing/ledger/triggers.py)."""

from django.db import migrations

from billing.ledger import triggers


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_ledger_and_payments")]
    operations = [migrations.RunPython(triggers.install, triggers.remove)]
