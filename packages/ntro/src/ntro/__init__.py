"""The ntro SDK."""
