"""Every feature's pages in the admin."""

from portal.accounts import admin as accounts
from portal.home import admin as home

__all__ = ["accounts", "home"]
