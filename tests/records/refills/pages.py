"""The patient’s pages, and the way through them."""

from django.urls import reverse


def url(grant, name="refills", **kwargs):
    return reverse(f"records:{name}", kwargs={"patient": grant.patient.pk, **kwargs})


def ticked(*medications, left="6"):
    return {f"ask-{row.pk}": "on" for row in medications} | {f"left-{row.pk}": left for row in medications}


def walk(client, grant, shop, *medications, comment="", left="6"):
    """To the review; what it would send."""
    client.post(url(grant, "refill_new"), ticked(*medications, left=left))
    client.post(url(grant, "refill_pharmacy"), {"pharmacy": str(shop.pk)})
    client.post(url(grant, "refill_comment"), {"comment": comment})
    return client.get(url(grant, "refill_review")).context["form"].initial
