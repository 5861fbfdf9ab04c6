"""Work items name their payment and amount; cash, checks, and money put back on a visit."""

from django.db import migrations, models

OF_A_PAYMENT = ("overpayment", "amount_mismatch", "unknown_payment", "foreign_currency")


def name_payments(apps, schema_editor):
    """Open items of before named the payment in their cause alone, as "provider:reference"."""
    items = apps.get_model("billing", "WorkItem").objects.filter(kind__in=OF_A_PAYMENT, done_at=None, payment_ref="")
    posted = apps.get_model("billing", "LedgerTransaction").objects.filter(kind="payment")
    for item in items.iterator():
        source, _colon, ref = item.cause.partition(":")
        if posted.filter(source=source, source_ref=ref).exists():
            item.payment_ref = ref
            item.save(update_fields=["payment_ref"])


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0009_live_money"),
    ]

    operations = [
        migrations.AddField(
            model_name="workitem",
            name="amount_cents",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="workitem",
            name="payment_ref",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="bucket",
            field=models.CharField(
                choices=[
                    ("insurer_ar", "Waiting for insurance"),
                    ("patient_ar", "You owe"),
                    ("deposit", "Paid before the insurer decided"),
                    ("credit", "Credit of the guarantor"),
                    ("refundable", "To go back to a payer"),
                    ("processor", "Payment processor"),
                    ("cash", "Cash at the desk"),
                    ("check", "Checks at the desk"),
                    ("insurance", "Insurance paid"),
                    ("adjustment", "Discount"),
                    ("revenue", "Charges"),
                    ("writeoff", "Written off"),
                    ("dispute_hold", "Held by a chargeback"),
                    ("suspense", "Not yet placed"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="ledgertransaction",
            name="kind",
            field=models.CharField(
                choices=[
                    ("charge", "Charge"),
                    ("adjudication", "Insurance decision"),
                    ("payment", "Payment"),
                    ("placement", "Payment placed on an account"),
                    ("credit", "Credit"),
                    ("credit_use", "Credit used"),
                    ("deposit_use", "Deposit used"),
                    ("reapply", "Put back on a visit"),
                    ("refund", "Refund"),
                    ("chargeback", "Chargeback: the bank took the money"),
                    ("chargeback_lost", "Chargeback lost"),
                    ("reversal", "Correction"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="workitem",
            name="cause",
            field=models.CharField(max_length=500),
        ),
        migrations.AlterField(
            model_name="workitem",
            name="kind",
            field=models.CharField(
                choices=[
                    ("guarantor_needed", "Find the guarantor"),
                    ("medicaid_share", "Medicaid: the patient may owe nothing"),
                    ("claim_changed", "The clinic changed or cancelled a claim"),
                    ("appeal", "Appeal a denial"),
                    ("eob_mismatch", "The insurer’s lines do not add up"),
                    ("overpayment", "Money over what was owed"),
                    ("amount_mismatch", "Paid amount differs from what was asked"),
                    ("unknown_payment", "Payment of an unknown attempt"),
                    ("foreign_currency", "Payment in another currency"),
                    ("agency_payment", "Paid here while it is with the agency"),
                    ("money_left_over", "Money went back that no visit had any more"),
                    ("refund_outside", "Refund made at the provider’s own desk"),
                    ("refund_failed", "Refund did not arrive"),
                    ("chargeback", "Chargeback to answer"),
                    ("chargeback_lost", "Chargeback lost: the balance is owed again"),
                    ("dead_notice", "Provider’s notice could not be worked"),
                    ("totals_differ", "Provider’s total differs from the ledger"),
                    ("statement_failed", "Statement could not be made"),
                    ("question", "Somebody asks about a bill"),
                    ("guest_guessing", "Somebody is guessing at Pay My Bill"),
                ],
                max_length=30,
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("bucket__in", ["refundable", "suspense"])),
                fields=["bucket", "payment_ref"],
                name="ledger_entry_waiting",
            ),
        ),
        migrations.RunPython(name_payments, migrations.RunPython.noop),
    ]
