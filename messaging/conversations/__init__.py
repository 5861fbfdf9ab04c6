"""One conversation, one patient or one person, and everything that is written in it."""
