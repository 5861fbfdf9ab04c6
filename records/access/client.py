"""Where a request comes from. The one place that reads proxy headers."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

from records.access.log import Origin


def address_of(request: HttpRequest) -> str:
    """The client's address; X-Forwarded-For counts only for as many of our own proxies as are configured."""
    direct: str = request.META.get("REMOTE_ADDR", "") or ""
    if not settings.TRUSTED_PROXIES:
        return direct
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if len(hops) < settings.TRUSTED_PROXIES:
        return direct
    client: str = hops[-settings.TRUSTED_PROXIES][:45]
    return client


def network_of(address: str) -> str:
    """What a throttle counts by: an IPv4 address, or the /64 an IPv6 client chooses addresses from."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False))


def origin_of(request: HttpRequest) -> Origin:
    return Origin(address=address_of(request), reference=getattr(request, "reference", ""))
