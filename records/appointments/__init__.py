"""Appointments: finding a time, booking, moving, cancelling, asking for one, and waiting for an earlier one."""
