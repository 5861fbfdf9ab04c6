"""The parts of load_payments.py: a clinic, its portal in processes that get killed, a provider in trouble, and payers."""
