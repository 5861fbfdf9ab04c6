"""Compares us with the provider every few minutes, and mends what a lost answer, notice or process left behind."""
