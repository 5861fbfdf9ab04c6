"""Customer service for everybody, with or without a sign-in."""
