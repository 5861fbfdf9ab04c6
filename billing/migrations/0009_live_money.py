"""The database knows whether money is real, and on PostgreSQL refuses what is not (billing/payments/triggers.py)."""

from django.db import migrations, models

from billing.payments import triggers


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0008_statements_net_of_credit"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeploymentMode",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                (
                    "mode",
                    models.CharField(choices=[("live", "Money is real"), ("test", "No money moves")], max_length=10),
                ),
                ("since", models.DateTimeField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="deploymentmode",
            constraint=models.CheckConstraint(condition=models.Q(("id", 1)), name="deployment_mode_is_one"),
        ),
        migrations.AddConstraint(
            model_name="deploymentmode",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ["live", "test"])), name="deployment_mode_known"
            ),
        ),
        migrations.RunPython(triggers.install, triggers.remove),
    ]
