"""Who at the clinic reads what, and by when they answer."""
