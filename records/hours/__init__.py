"""When the clinic answers: its hours, the days it is closed, and what that makes of a promise in business days."""
