"""Appointments, and those that are wished for."""

from records.appointments.bookings import Appointment, AppointmentEvent
from records.appointments.requests import AppointmentRequest
from records.appointments.waiting import WaitlistEntry, WaitlistOffer

__all__ = ["Appointment", "AppointmentEvent", "AppointmentRequest", "WaitlistEntry", "WaitlistOffer"]
