"""Pools and routing that every installation begins with, and changes in the admin. Nobody is a member yet."""

from typing import Any

from messaging.pools.choices import ADVICE, Topic

NURSES, FRONT_DESK, BILLING, SERVICE = "Nurses", "Front desk", "Billing office", "Customer service"

# Name → how it is called to those who write, and in how many business days it answers.
POOLS: dict[str, tuple[str, int]] = {
    NURSES: ("The nurses of your care team", 2),
    FRONT_DESK: ("The front desk of your clinic", 1),
    BILLING: ("The billing office", 2),
    SERVICE: ("Customer service", 2),
}

# Order, topic, pool. The last has no topic: it takes what no rule before it took, so that nothing gets lost.
RULES: list[tuple[int, str, str]] = [
    *((10, topic, NURSES) for topic in sorted((ADVICE - {Topic.FORM, Topic.REFERRAL}) | {Topic.REFILL})),
    *((20, topic, FRONT_DESK) for topic in (Topic.APPOINTMENT, Topic.FORM, Topic.REFERRAL)),
    (30, Topic.BILLING, BILLING),
    *((40, topic, SERVICE) for topic in (Topic.ACCOUNT, Topic.TECHNICAL, Topic.OTHER)),
    (1000, "", SERVICE),
]


def load(apps: Any, schema_editor: Any) -> None:
    """Makes the pools that are missing; the rules only where there are none, since a clinic's own come first."""
    pool_model, rule_model = apps.get_model("messaging", "Pool"), apps.get_model("messaging", "RoutingRule")
    pools = {
        name: pool_model.objects.get_or_create(name=name, defaults={"described_as": words, "answer_days": days})[0]
        for name, (words, days) in POOLS.items()
    }
    if not rule_model.objects.exists():
        rule_model.objects.bulk_create(
            rule_model(order=order, topic=topic, pool=pools[name]) for order, topic, name in RULES
        )
