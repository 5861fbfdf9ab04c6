"""Chargebacks and returned bank debits: a payer's bank takes money back. The provider calls them disputes."""
