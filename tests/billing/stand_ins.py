"""Gateways that stand for others in tests."""


class LiveGateway:
    """A provider that takes real money."""

    code = "live"
    livemode = True
