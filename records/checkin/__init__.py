"""Checking in ahead of a visit: confirming what the clinic has, step by step; what changed waits for staff."""
