"""Exact amounts with their currency."""
