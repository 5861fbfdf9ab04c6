"""Asking for more of a medication: what can be asked, the way to an answer, and the desk that answers."""
