"""What a chargeback took and gave back, movement by movement: its amount can change."""

import django.db.models.deletion
from django.db import migrations, models


def keep_movements(apps, schema_editor):
    """Disputes of before moved their whole amount at once."""
    moves = apps.get_model("sandbox", "DisputeMove").objects
    for dispute in apps.get_model("sandbox", "Dispute").objects.exclude(withdrawn_at=None).order_by("pk"):
        moves.create(dispute=dispute, cents=-dispute.amount_cents, moved_at=dispute.withdrawn_at)
        if dispute.returned_at:
            moves.create(dispute=dispute, cents=dispute.amount_cents, moved_at=dispute.returned_at)


class Migration(migrations.Migration):

    dependencies = [
        ('sandbox', '0002_refunds_and_disputes'),
    ]

    operations = [
        migrations.CreateModel(
            name='DisputeMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cents', models.BigIntegerField()),
                ('moved_at', models.DateTimeField()),
                ('dispute', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='sandbox.dispute')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('cents', 0), _negated=True), name='sandbox_dispute_move_not_zero')],
            },
        ),
        migrations.RunPython(keep_movements, migrations.RunPython.noop),
    ]
