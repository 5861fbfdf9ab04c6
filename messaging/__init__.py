"""Patients and the clinic write to each other; anyone can ask customer service."""
