"""Staff’s queue, and what stands in it."""

from django.urls import reverse

from tests.factories.refills import RefillItemFactory

QUEUE = reverse("admin:records_refillitem_changelist")


def url(item, button="change"):
    return reverse(f"admin:records_refillitem_{button}", args=[item.pk])


def names(client, query="", **posted):
    page = client.post(f"{QUEUE}{query}", posted) if posted else client.get(f"{QUEUE}{query}")
    return [row[0].medication.text for row in page.context["rows"]]


def shown(name, **fields):
    return RefillItemFactory(medication__text=name, **fields)


def several(client, items, **extra):
    """Confirmed as they are now, unless told what was seen."""
    seen = {f"seen-{item.pk}": item.events.count() for item in items} if "confirm" in extra else {}
    picked = {"pick": [item.pk for item in items], **seen, **extra}
    return client.post(reverse("admin:records_refillitem_several"), picked)
