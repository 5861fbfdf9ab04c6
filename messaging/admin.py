"""Registers every feature's admin."""

from messaging.inbox import admin as inbox
from messaging.pools import admin as pools

__all__ = ["inbox", "pools"]
